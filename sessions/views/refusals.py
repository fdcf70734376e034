"""The page that says kindly why something is not possible, and what is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from people.errors import Refused
from sessions.models import GroupSession


def refused(request: HttpRequest, why: Refused | str, *, session: GroupSession | None, status: int) -> HttpResponse:
    return render(request, "sessions/refused.html", {"why": str(why), "session": session}, status=status)
