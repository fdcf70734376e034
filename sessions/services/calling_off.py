"""Cancelling one session, a series, or all that a group still had before it; and putting one back."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from groups.services.locks import hold_group
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Series
from sessions.querysets import SessionQuerySet
from sessions.services.changing import hosts_by_session, taken_words
from sessions.services.days import note_days
from sessions.services.hosting import DoubleBooked, refusing_overlaps
from sessions.services.planning import AlreadyMeets, clash_words
from sessions.services.seats import fill, lock_session
from sessions.services.standing import keep_standing_seats
from sessions.services.telling import tell_all_cancelled, tell_cancelled, tell_put_back

UNDO_WITHIN = timedelta(minutes=15)  # until then no mail has left (design 6)


class TooLateToCancel(Refused):
    """What is over has happened."""


class TooLateToPutBack(Refused):
    """What would have begun by now is not put back, and neither is what a group had that has ended."""


@transaction.atomic
def cancel_session(actor: User, *, session: GroupSession) -> GroupSession:
    """Call one session off and tell everybody who keeps a seat or waits for one. Seats stay as they are.

    The mail waits a quarter of an hour, in which it can be undone. Twice is harmless.
    Raises NotAllowed, TooLateToCancel.
    """
    hold_group(session.group_id)  # before the session, as whoever ends the group does
    session = lock_session(session)
    ensure(actor, "session.cancel", session)
    if session.is_cancelled:
        return session
    if not session.can_be_cancelled:
        raise TooLateToCancel(_("This session is over, so it cannot be cancelled"))
    session.call_off(actor, timezone.now())
    session.save()
    note_days(session.group_id)
    audit.record(actor, "session.cancel", session)
    tell_cancelled(session, after=UNDO_WITHIN, by=actor)
    return session


@transaction.atomic
def put_back(actor: User, *, session: GroupSession, without_hosts: bool = False) -> GroupSession:
    """Let a cancelled session take place after all, as it was: same key, same seats, same calendar entry.

    Refused when somebody who leads it, or its room, is wanted elsewhere by now; `without_hosts` puts it back
    without those. Twice is harmless. Raises NotAllowed, TooLateToPutBack, AlreadyMeets, DoubleBooked.
    """
    hold_group(session.group_id)
    if session.series_id:
        Series.objects.select_for_update(no_key=True).get(pk=session.series_id)
    session = lock_session(session)
    ensure(actor, "session.cancel", session)
    if not session.is_cancelled:
        return session
    _ensure_can_come_back(session)
    if without_hosts:
        _let_go(session)
    _set_back(session)
    note_days(session.group_id)
    audit.record(actor, "session.put-back", session)
    keep_standing_seats([session])
    fill(session)
    tell_put_back(session, by=actor)
    return session


@transaction.atomic
def cancel_series(actor: User, *, series: Series, since: date | None = None) -> list[GroupSession]:
    """Cancel every session of a series that has not begun, from its date `since` on, and add no more.

    Everybody hears once. Twice is harmless. Raises NotAllowed. Gives back what was cancelled.
    """
    hold_group(series.group_id)
    series = Series.objects.select_for_update(no_key=True).get(pk=series.pk)
    ensure(actor, "series.change", series)
    rows = list(_still_to_come(series, since).select_for_update(no_key=True))
    now = timezone.now()
    for session in rows:
        session.call_off(actor, now)
        audit.record(actor, "session.cancel", session)
    GroupSession.objects.bulk_update(rows, GroupSession.CALLED_OFF)
    if series.ended_at is None:
        _stop(series, since)
        audit.record(actor, "series.cancel", series)
    note_days(series.group_id)
    tell_all_cancelled(rows, by=actor)
    return rows


@transaction.atomic
def end_meetings(actor: User | None, *, group: Group) -> int:
    """Cancel every session that has not begun, and let no series go on, because the group has ended.

    In the transaction of whoever ends it. Nobody is told here: everybody in the group hears once that
    it ended. `actor` None is the clock. Returns how many sessions were cancelled.
    """
    now = timezone.now()
    group.series.running().update(ended_at=now)
    coming = group.sessions.scheduled().filter(starts_at__gt=now).order_by("starts_at", "pk")
    for session in coming.select_for_update(no_key=True):
        session.call_off(actor, now)
        session.save(update_fields=GroupSession.CALLED_OFF)
        audit.record(actor, "session.cancel", session)
    note_days(group.pk)
    return len(coming)


def _still_to_come(series: Series, since: date | None) -> SessionQuerySet:
    rows = series.sessions.scheduled().filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")
    return rows.filter(slot__gte=since) if since else rows


def _stop(series: Series, since: date | None) -> None:
    """Nothing is added any more. What stands before `since` stays, and with it the rule up to there."""
    if since and _still_to_come(series, None).exists():
        series.ends_on = max(series.starts_on, since - timedelta(days=1))
    else:
        series.ended_at = timezone.now()
    series.save(update_fields=["ends_on", "ended_at"])


def _ensure_can_come_back(session: GroupSession) -> None:
    if session.has_begun:
        raise TooLateToPutBack(_("This session would have begun by now, so it cannot be put back"))
    if session.group.state != Group.State.OPEN:
        raise TooLateToPutBack(_("This group has ended, so its sessions cannot be put back"))
    standing = session.group.sessions.exclude(state=GroupSession.State.CANCELLED).exclude(pk=session.pk)
    if other := standing.overlapping(session.starts_at, session.ends_at).first():
        raise AlreadyMeets(clash_words(other))


def _let_go(session: GroupSession) -> None:
    """Take off whoever, or whichever room, is wanted elsewhere by now."""
    hosts = hosts_by_session([session]).get(session.pk)
    found = hosts.clashes([(session.starts_at, session.ends_at)]).get(0, []) if hosts else []
    for clash in found:
        session.bookings.filter(**{clash.kind: clash.who}).delete()


def _set_back(session: GroupSession) -> None:
    """Raises DoubleBooked, which says who is wanted elsewhere."""
    hosts = hosts_by_session([session]).get(session.pk)
    for found in hosts.clashes([(session.starts_at, session.ends_at)]).values() if hosts else []:
        raise DoubleBooked(taken_words(session, found[0]), found[0].kind)
    session.take_place()
    with refusing_overlaps([session]):
        session.save()
