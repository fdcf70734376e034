"""The request of somebody who is signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from people.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets."""

    user: User


def safe_next(request: HttpRequest, default: str) -> str:
    """Where `next` asks to go, if that is the path of a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else default


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form to look at; None when the page is only read. Nothing ticked is sent too."""
    return request.POST if request.method == "POST" else None


def refused_status(form: Any) -> int:
    """422 for a form that was sent back with something to fix, 200 for one nobody has sent yet."""
    return 422 if form.is_bound else 200


def say_with_undo(request: HttpRequest, words: str, undo: str) -> None:
    """Say what was done, with a button beside it that is sent to `undo`, the path of a page of ours."""
    messages.success(request, words, extra_tags=undo)
