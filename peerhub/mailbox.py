"""The demo's own mailbox: reads the folder into which Django writes mail there. Not part of any real installation."""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

_BETWEEN_MAILS = re.compile(rb"\n-{79}\n")  # what django.core.mail.backends.filebased puts there
_NEWEST = 200


class Mail(NamedTuple):
    """One mail as its reader sees it, and where in the folder it stands."""

    file: str
    number: int
    to: str
    sender: str
    subject: str
    at: datetime
    text: str


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mailbox.html", {"mails": mails()[:_NEWEST]})


@require_safe
def mail(request: HttpRequest, file: str, number: int) -> HttpResponse:
    for one in mails():
        if (one.file, one.number) == (file, number):
            return render(request, "demo/mail.html", {"mail": one})
    raise Http404


def mails() -> list[Mail]:
    """All there are, newest first."""
    folder = settings.EMAIL_FILE_PATH
    files = Path(str(folder)).glob("*.log") if folder else []
    return sorted((one for file in files for one in _in(file)), key=lambda one: (one.at, one.number), reverse=True)


def _in(file: Path) -> Iterator[Mail]:
    for number, raw in enumerate(_BETWEEN_MAILS.split(file.read_bytes())):
        if raw.strip():
            yield _mail(file.stem, number, message_from_bytes(raw, policy=policy.default))


def _mail(file: str, number: int, message: EmailMessage) -> Mail:
    body = message.get_body(preferencelist=("plain",))
    return Mail(
        file=file,
        number=number,
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(message["Date"])),
        text=str(body.get_content()) if body else "",
    )


app_name = "mailbox"
urlpatterns = [
    path("", mailbox, name="list"),
    path("<str:file>/<int:number>/", mail, name="mail"),
]
