"""Who may plan a session, take a seat in it, go through its door and say who came."""

from typing import Any

from groups.models import Group, Membership
from groups.policies import has_agreed, runs
from people.models import User
from people.policies import is_admin, is_self
from people.policy import Rule
from sessions.models import CoverCall, GroupSession, Guest, Seat, Series, Summary


def _plans(user: User, group: Group) -> bool:
    return group.state == Group.State.OPEN and runs(user, group)


def _plans_series(user: User, series: Series) -> bool:
    return _plans(user, series.group)


def _takes_seat(user: User, session: GroupSession) -> bool:
    """Who comes once to see was let in before the session was over."""
    place = Membership.objects.coming().filter(user=user, group=session.group).first()
    return place is not None and (place.belongs or (place.decided_at or place.created_at) < session.ends_at)


def leads(user: User, session: GroupSession) -> bool:
    """Runs the group, or is booked for this one session: somebody from outside who steps in has it for the evening."""
    return runs(user, session.group) or session.bookings.filter(host=user).exists()


def was_there(user: User, session: GroupSession) -> bool:
    """Marked as having come, and still in the group."""
    if not Membership.objects.coming().filter(user=user, group=session.group).exists():
        return False
    return session.seats.filter(user=user, came__in=[Seat.Came.CAME, Seat.Came.LEFT]).exists()


def _runs_session(user: User, session: GroupSession) -> bool:
    return runs(user, session.group)


def _enters(user: User, session: GroupSession) -> bool:
    """A seat, a place or a visit, and an affirmed agreement; who leads needs no seat (R17, R85)."""
    if leads(user, session):
        agreed = has_agreed(user, session.group) or not runs(user, session.group)
        return agreed and session.door_is_open_to_facilitators
    if not has_agreed(user, session.group):
        return False
    comes = Membership.objects.coming().filter(user=user, group=session.group).exclude(state=Membership.State.PAUSED)
    return session.door_is_open and comes.exists() and session.seats.filter(user=user, state=Seat.State.GOING).exists()


def _makes_standing(user: User, series: Series) -> bool:
    return Membership.objects.belonging().filter(user=user, group=series.group, role="member").exists()


def _keeps_guest(user: User, guest: Guest) -> bool:
    return runs(user, guest.group)


def _steps_in(user: User, call: CoverCall) -> bool:
    """Who runs the group, or stands on its list of those who may be asked."""
    group = call.session.group
    return runs(user, group) or group.stand_ins.filter(user=user).exists()


def _hosts(user: User, session: GroupSession) -> bool:
    return session.bookings.filter(host=user).exists()


def _reads_summary(user: User, summary: Summary) -> bool:
    return type(summary).objects.visible_to(user).filter(pk=summary.pk).exists()


def _sees_week(user: User, obj: Any) -> bool:
    """Hosts and rooms of all groups: who gives them out, and the safety lead."""
    return user.is_admin or user.is_safety_lead


RULES: dict[str, Rule] = {
    "series.create": _plans,
    "series.change": _plans_series,
    "standing.keep": _makes_standing,
    "seat.answer": _takes_seat,
    "session.enter": _enters,
    "session.cancel": _runs_session,
    "session.change": _runs_session,
    "session.host": _runs_session,  # says who leads and where
    "session.lead": leads,  # the checklist, the run sheet, closing
    "attendance.keep": leads,
    "guest.keep": _keeps_guest,
    "summary.keep": leads,
    "summary.read": _reads_summary,
    "feedback.give": was_there,
    "feedback.read": _runs_session,
    "cover.ask": _hosts,
    "cover.take": _steps_in,
    "standin.keep": runs,
    "room.keep": is_admin,
    "week.see": _sees_week,
    "calendar.keep": is_self,
    "reminders.keep": is_self,
}
