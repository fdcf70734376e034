"""An invitation that somebody opened, remembered while they sign in or make an account."""

from django.http import HttpRequest

from groups.letters import read_token
from groups.models import Invitation

SESSION_KEY = "invitation"


def remember_invitation(request: HttpRequest, token: str) -> None:
    """Keep the token in the session: an address bar and its history are no place for it."""
    request.session[SESSION_KEY] = token


def remembered_invitation(request: HttpRequest) -> Invitation | None:
    """The open invitation of this visit, if there is one."""
    token = request.session.get(SESSION_KEY, "")
    return read_token(token) if token else None


def forget_invitation(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
