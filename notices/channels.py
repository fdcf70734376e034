"""The ways a message can take. A new one is a class of its own in `CHANNELS`, and the outbox carries for it.

In the app every message stands by itself: the notice is the message. The others carry what waits in the outbox.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    quoteaddr,
)
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import User

APP, EMAIL = "app", "email"
NOT_ASKED, NO_ADDRESS, NOT_LISTED = "not_asked", "no_address", "not_listed"
NOBODY = Q(pk__in=())


class Away(Exception):
    """What carries the messages does not answer: they wait, and nothing counts as a try."""


@dataclass(frozen=True)
class Letter:
    """One message as it leaves, ready for any channel. Its words tell a stranger nothing unless its reader said so."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = field(default=b"", repr=False)  # the whole mail as bytes, where it was made from a pattern


class Channel:
    """One way to people. `carries`: whether messages wait for it in the outbox."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    carries: ClassVar[bool] = True
    closed: ClassVar[Q] = NOBODY  # people who want nothing at all this way: safe contact (R124)
    lost: ClassVar[Q] = NOBODY  # people who cannot be reached this way any more

    def refusals(self, users: Collection[int], area: str) -> dict[int, str]:
        """To which of these people nothing of this area may go this way, and why. One question.

        Area "" cannot be switched off; what is closed stays closed.
        """
        switched = Q(preferences__area=area, preferences__channel=self.name, preferences__wanted=False)
        off = switched if area else NOBODY
        why = Case(When(self.lost, then=Value(NO_ADDRESS)), default=Value(NOT_ASKED), output_field=CharField())
        people = User.objects.filter(self.closed | self.lost | off, pk__in=users)
        return dict(people.annotate(why=why).values_list("pk", "why"))

    def may_go_to(self, address: str) -> bool:
        """Whether this system may send there at all: a test system has a list."""
        return bool(address)

    def open(self) -> None:
        """Be ready to carry. Raises Away."""

    def close(self) -> None:
        """Nothing more to carry for now, or something broke: the next one begins anew."""

    def send(self, letter: Letter) -> None:
        """Carry it, or raise whatever went wrong: then it is tried again later."""
        raise NotImplementedError


class InApp(Channel):
    """The list of notices. Nothing is carried: what was told stands there."""

    name, label, carries = APP, _("In the app"), False


class Email(Channel):
    """Mail through whatever EMAIL_BACKEND says, over one connection."""

    name, label = EMAIL, _("E-mail")
    closed = Q(no_mail=True)
    lost = Q(mail_trouble__address=F("email"))

    def __init__(self, backend: BaseEmailBackend | None = None) -> None:
        if backend is not None:
            self.backend = backend

    @cached_property
    def backend(self) -> BaseEmailBackend:
        found: BaseEmailBackend = get_connection()
        return found

    def may_go_to(self, address: str) -> bool:
        if settings.EMAIL_TO_EVERYBODY:
            return True
        whole = address.lower()
        return bool({whole, whole.rpartition("@")[2]} & {entry.lstrip("@") for entry in settings.EMAIL_ALLOWLIST})

    def open(self) -> None:
        try:
            self.backend.open()
        except (SMTPException, OSError) as problem:
            raise Away(type(problem).__name__) from problem

    def close(self) -> None:
        self.backend.close()

    def send(self, letter: Letter) -> None:
        line = getattr(self.backend, "connection", None) if type(self.backend) is EmailBackend else None
        if letter.raw and isinstance(line, SMTP):
            _send_raw(line, letter.to, letter.raw)
        else:
            as_mail(letter, self.backend).send()


def _send_raw(line: SMTP, to: str, raw: bytes) -> None:
    """Sender, receiver and "here it comes" in one go where the server takes that (RFC 2920): two waits, not four.

    `to` is a plain address and the lines of `raw` end as the wire wants it: mail.py made both.
    """
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("pipelining"):
        line.sendmail(settings.DEFAULT_FROM_EMAIL, [to], raw)
        return
    line.send(f"MAIL FROM:{_quoted(settings.DEFAULT_FROM_EMAIL)}\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode("ascii"))
    sender, receiver, data = line.getreply(), line.getreply(), line.getreply()
    wanted = sender[0] == 250 and receiver[0] in {250, 251}
    if data[0] == 354:  # it waits for the mail even where nobody is to get it
        line.send((raw.replace(b"\r\n.", b"\r\n..") if wanted else b"") + b".\r\n")
        data = line.getreply()
    if sender[0] != 250:
        raise SMTPSenderRefused(*sender, settings.DEFAULT_FROM_EMAIL)
    if not wanted:
        raise SMTPRecipientsRefused({to: receiver})
    if data[0] != 250:
        raise SMTPDataError(*data)


_quoted = lru_cache(maxsize=1)(quoteaddr)


def as_mail(letter: Letter, backend: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The letter for any backend. Django refuses a header with a line break."""
    mail = EmailMultiAlternatives(letter.subject, letter.text, letter.sender, [letter.to], connection=backend)
    mail.extra_headers = dict(letter.headers)
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    return mail


CHANNELS: list[type[Channel]] = [InApp, Email]


def carriers() -> list[type[Channel]]:
    return [channel for channel in CHANNELS if channel.carries]


def choices() -> list[tuple[str, str | Promise]]:
    """For the fields that name a channel: a new one needs no migration."""
    return [(channel.name, channel.label) for channel in carriers()]
