"""What facilitators have at hand: the help card, and the run sheet on paper. Neither holds a member's name."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from groups.http import limits_in_paragraphs
from people.http import SignedInRequest
from people.models import Organisation, User
from people.policy import ensure
from resources.models import CrisisLine
from resources.views.directory import number_in
from sessions.models import GroupSession, Room
from sessions.services import colleague_of, knows_place, leaders_of, plan_of
from sessions.views.pages import visible_session


@login_required
@require_safe
def help_card(request: SignedInRequest) -> HttpResponse:
    """What to do beside somebody in danger, at any time and place (R53)."""
    ensure(request.user, "helpcard.see")
    return render(request, "home/help_card.html", steps_for(request.user, None))


@login_required
@require_safe
def help_card_of(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The same during one session, with the place one is at and who leads beside the reader."""
    session = led_session(request, public_id)
    return render(request, "home/help_card.html", steps_for(request.user, session))


@login_required
@require_safe
def run_sheet_print(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One page of paper. It may be left lying about: no name of a member, a facilitator or the group is on it (R34)."""
    session = led_session(request, public_id)
    agreement = session.group.agreement
    promises = [row["promise"] for row in agreement.sections if row.get("topic") != "limits"] if agreement else []
    limits = [line for lines in limits_in_paragraphs() if len(lines) > 1 for line in lines]
    context = {"session": session, "parts": plan_of(session), "promises": promises, "limits": limits}
    with timezone.override(session.zone):
        found = context | _whom_to_call() | {"place": _place(request.user, session)}
        return render(request, "home/run_sheet_print.html", found)


def steps_for(reader: User, session: GroupSession | None) -> dict[str, Any]:
    """What the steps of the card are made of; during a session with the place, and who leads beside the reader."""
    if session is None:
        return _whom_to_call()
    colleague = colleague_of(reader, leaders_of(session))
    return _whom_to_call() | {"session": session, "place": _place(reader, session), "colleague": colleague}


def led_session(request: SignedInRequest, public_id: str) -> GroupSession:
    session = visible_session(request, public_id)
    ensure(request.user, "evening.lead", session)
    return session


def _whom_to_call() -> dict[str, Any]:
    """The lines that an admin has confirmed, and whoever looks after safety, as the organisation gives it."""
    lines = list(CrisisLine.objects.confirmed())
    return {
        "danger": [line for line in lines if line.emergency],
        "talk": [line for line in lines if not line.emergency],
        "leads": list(User.objects.active().filter(is_safety_lead=True).order_by("display_name", "pk")),
        "contact_number": number_in(Organisation.current().contact),
    }


def _place(reader: User, session: GroupSession) -> str:
    """Where an ambulance would come to: the room that is booked, or the group's place. Empty online."""
    if session.group.format == "online" or not knows_place(reader, session):
        return ""
    room = Room.objects.filter(bookings__session=session).first()
    if room is None:
        return session.group.place
    return ", ".join(words for words in (room.name, room.address) if words)
