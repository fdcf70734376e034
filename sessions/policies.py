"""Who may plan a session, take a seat in it, go through its door and say who came."""

from typing import Any

from groups.models import Group, Membership
from groups.policies import belongs, has_agreed, runs
from groups.querysets import MembershipQuerySet
from people.models import User
from people.policies import is_admin, is_self
from people.policy import Rule
from sessions.models import CoverCall, GroupSession, Guest, Seat, Series, StandIn, Summary
from sessions.querysets import HERE


def _plans(user: User, group: Group) -> bool:
    return group.state == Group.State.OPEN and runs(user, group)


def _plans_series(user: User, series: Series) -> bool:
    return _plans(user, series.group)


def _plans_session(user: User, session: GroupSession) -> bool:
    return _plans(user, session.group)


def _takes_seat(user: User, session: GroupSession) -> bool:
    """Who comes once to see was let in before the session was over."""
    place = Membership.objects.coming().filter(user=user, group=session.group_id).first()
    return place is not None and (place.belongs or (place.decided_at or place.created_at) < session.ends_at)


def leads(user: User, session: GroupSession) -> bool:
    """Runs the group, or is booked for this one session: somebody from outside who steps in has it for the evening."""
    return runs(user, session.group) or _hosts(user, session)


def _has_the_evening(user: User, session: GroupSession) -> bool:
    """Names of those who come are on the run sheet: who steps in has it for the evening, and not for ever."""
    return runs(user, session.group) or _hosts(user, session)


def _helps_others(user: User, obj: Any) -> bool:
    """Whoever may find themself beside somebody in danger: who runs something, or steps in."""
    if user.is_safety_lead or user.is_admin or Membership.objects.facilitated_by(user).exists():
        return True
    return user.stands_in.exists() or user.bookings.in_hand().exists()


def was_there(user: User, session: GroupSession) -> bool:
    """Marked as having come, and still in the group."""
    if not Membership.objects.coming().filter(user=user, group=session.group).exists():
        return False
    return session.seats.filter(user=user, came__in=HERE).exists()


def _runs_session(user: User, session: GroupSession) -> bool:
    return runs(user, session.group)


def _enters(user: User, session: GroupSession) -> bool:
    """A seat, a place or a visit, and an affirmed agreement; who leads needs no seat (R17, R85)."""
    if owes_agreement(user, session):
        return False
    if leads(user, session):
        return session.door_is_open_to_facilitators
    comes = _in_the_group(user, session).exclude(state=Membership.State.PAUSED)
    return session.door_is_open and comes.exists() and session.seats.filter(user=user, state=Seat.State.GOING).exists()


def owes_agreement(user: User, session: GroupSession) -> bool:
    """Everybody says yes first, but for a host from outside, whom the group cannot ask."""
    if has_agreed(user, session.group):
        return False
    return _in_the_group(user, session).exists() or not _hosts(user, session)


def _in_the_group(user: User, session: GroupSession) -> MembershipQuerySet:
    return Membership.objects.coming().filter(user=user, group=session.group)


def _makes_standing(user: User, series: Series) -> bool:
    return Membership.objects.belonging().filter(user=user, group=series.group, role="member").exists()


def _keeps_guest(user: User, guest: Guest) -> bool:
    return runs(user, guest.group)


def stands_in(user: User, group: Group) -> bool:
    """On the group's list of those who may be asked, and runs something to this day."""
    return group.stand_ins.able().filter(user=user).exists()


def _steps_in(user: User, call: CoverCall) -> bool:
    """Who runs the group, or stands on its list. Whoever asked takes it back instead."""
    group = call.session.group
    return user.pk != call.asked_by_id and (runs(user, group) or stands_in(user, group))


def _helps_instead(user: User, call: CoverCall) -> bool:
    """The second one, where whoever leads cannot: they are asked first."""
    helps = call.session.bookings.in_hand().filter(host=user, duty="co").exists()
    return helps and user.pk != call.asked_by_id


def _asked_cover(user: User, call: CoverCall) -> bool:
    return call.asked_by_id == user.pk


def _drops_stand_in(user: User, stand_in: StandIn) -> bool:
    """Those who keep the list, and whoever does not want to stand on it."""
    return stand_in.user_id == user.pk or runs(user, stand_in.group)


def _hosts(user: User, session: GroupSession) -> bool:
    """Booked, and the evening is not over: whoever steps in has it for the evening, and not for ever."""
    return session.bookings.in_hand().filter(host=user).exists()


def _says_how_it_was(user: User, session: GroupSession) -> bool:
    """Whoever leads it is not asked: they read the answers, and would find out the others' by knowing their own.
    In a pair nobody is: there is no other answer to add theirs to.
    """
    return not session.group.is_pair and was_there(user, session) and not leads(user, session)


def _reads_summary(user: User, summary: Summary) -> bool:
    return type(summary).objects.visible_to(user).filter(pk=summary.pk).exists()


def _reads_closing(user: User, session: GroupSession) -> bool:
    """What the group keeps of an evening is for the whole group; whoever is on a visit is not in it yet."""
    return belongs(user, session.group) or leads(user, session)


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
    "session.change": _plans_session,
    "session.host": _runs_session,  # says who leads and where
    "session.lead": leads,  # closing
    "closing.read": _reads_closing,
    "evening.lead": _has_the_evening,  # the checklist and the run sheet
    "helpcard.see": _helps_others,
    "attendance.keep": leads,
    "attendance.count": runs,
    "guest.keep": _keeps_guest,
    "summary.keep": leads,
    "summary.read": _reads_summary,
    "feedback.give": _says_how_it_was,
    "feedback.read": _runs_session,
    "cover.ask": _hosts,
    "cover.take": _steps_in,
    "cover.decline": _helps_instead,
    "cover.withdraw": _asked_cover,
    "standin.keep": runs,
    "standin.drop": _drops_stand_in,
    "room.keep": is_admin,
    "week.see": _sees_week,
    "calendar.keep": is_self,
    "reminders.keep": is_self,
}
