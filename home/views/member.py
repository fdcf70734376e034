"""A member's own home: the next session, this week's question, their groups, and some space."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from checkins.models import FollowUp, Rhythm
from checkins.services import this_week
from groups.models import Away, Group, Membership
from notices.models import Notice
from people.http import SignedInRequest
from people.models import Organisation, User
from sessions.models import GroupSession, Seat

UNSAID = Q(state=Seat.State.DECLINED, answered_at=None)  # a row without an answer: they are asked again


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    reader = request.user
    memberships = _memberships(reader)
    unread = Notice.objects.visible_to(reader).unread()
    context = {
        "greeting": _greeting(reader),
        "session": _next_session(reader),
        "memberships": memberships,
        "belongs": any(membership.belongs for membership, _answer_by in memberships),
        "waits": any(membership.is_waiting for membership, _answer_by in memberships),
        "unread": unread.how_many(100),
        "agreements": Group.objects.awaiting_yes_of(reader).by_name(),
        "aways": Away.objects.visible_to(reader).exclude(seat__user=reader).on(timezone.localdate()).of_those_who_run(),
        "promises": FollowUp.objects.asked_by(reader).with_names(),
        "ended": unread.filter(topic="membership.ended").order_by("-pk").first(),
    }
    return render(request, "home/home.html", context | _question(reader))


def _greeting(reader: User) -> str:
    hour = timezone.localtime().hour
    words = _("Good evening")
    if 5 <= hour < 12:
        words = _("Good morning")
    elif 12 <= hour < 18:
        words = _("Good afternoon")
    return f"{words}, {reader.display_name}" if reader.display_name else words


def _next_session(reader: User) -> GroupSession | None:
    """The soonest one that this person may come to and has not said no to. Adds `answer` and `role`."""
    mine = Membership.objects.coming().filter(user=reader).exclude(state=Membership.State.PAUSED)
    seat = Seat.objects.filter(session=OuterRef("pk"), user=reader)
    planned = GroupSession.objects.filter(group__in=mine.values("group_id")).scheduled().upcoming()
    answered = planned.with_counts().annotate(
        answer=Subquery(seat.exclude(UNSAID).values("state")[:1]),
        offered_until=Subquery(seat.values("offered_until")[:1]),
        role=Subquery(mine.filter(group=OuterRef("group")).values("role")[:1]),
        comes_as=Subquery(mine.filter(group=OuterRef("group")).values("state")[:1]),
    )
    asks_nothing = Q(comes_as=Membership.State.VISITING)  # who comes once chooses a session, and is asked for no other
    wanted = answered.filter(Q(answer=None) & ~asks_nothing | ~Q(answer=Seat.State.DECLINED) & Q(answer__isnull=False))
    return wanted.select_related("group").first()


def _memberships(reader: User) -> list[tuple[Membership, datetime]]:
    """Every group this person belongs to, asks for or waits for, with `next_at`; and until when they answer."""
    days = Organisation.current().answer_days
    coming = GroupSession.objects.filter(group=OuterRef("group")).scheduled().upcoming()
    mine = Membership.objects.filter(user=reader).open().exclude(state=Membership.State.BLOCKED)
    rows = mine.annotate(next_at=Subquery(coming.values("starts_at")[:1])).select_related("group")
    return [(row, row.answer_by(days)) for row in rows.order_by("group__name", "pk")]


def _question(reader: User) -> dict[str, Any]:
    """This week's check-in, for those who chose to be asked, and what we send."""
    rhythm = Rhythm.objects.visible_to(reader).first()
    if rhythm is not None:
        rhythm.user = reader
    checkin = this_week(reader)
    asks = checkin is not None or (rhythm is not None and rhythm.on and not rhythm.is_paused)
    weekday = WEEKDAYS[rhythm.weekday] if rhythm is not None else ""
    return {"rhythm": rhythm, "checkin": checkin, "asks": asks, "weekday": weekday}
