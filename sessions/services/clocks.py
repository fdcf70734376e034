"""The wall clock is the promise: when a country changes its clocks, what is planned keeps its hour."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from groups.services.locks import hold_group
from people import audit
from people.local_time import instant
from sessions.models import GroupSession
from sessions.services.ahead import is_known
from sessions.services.changing import hosts_by_session
from sessions.services.days import note_days
from sessions.services.hosting import refusing_overlaps
from sessions.services.offers import shorten_offers
from sessions.services.seats import lock_session
from sessions.services.telling import tell_new_clock


def rederive_clocks() -> int:
    """Set each session still to come to the instant at which its wall clock shows its hour. Returns how many moved.

    Changes something only after the rules of a time zone changed. Safe to run twice and late.
    """
    rows = GroupSession.objects.scheduled().filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")
    off = [session for session in rows.iterator() if _is_off(session)]
    sooner = [session for session in off if _right(session) < session.starts_at]
    later = [session for session in reversed(off) if _right(session) > session.starts_at]
    return sum(_set_right(session) for session in [*sooner, *later])  # so that none moves onto one that moves next


def _right(session: GroupSession) -> datetime:
    return instant(session.local_date, session.local_time, session.zone)


def _is_off(session: GroupSession) -> bool:
    """A clock that nobody knows (any more) says nothing, and holds up no other session."""
    return is_known(session.time_zone) and _right(session) != session.starts_at


@transaction.atomic
def _set_right(found: GroupSession) -> bool:
    """One session in a transaction of its own. Who lives by another clock hears what theirs shows then."""
    hold_group(found.group_id)
    session = lock_session(found)
    if session.is_cancelled or session.has_begun or not _is_off(session):
        return False
    session.set_clock()
    _let_go_of_who_is_taken(session)
    with refusing_overlaps([session]):
        session.save(update_fields=["starts_at", "ends_at"])
    note_days(session.group_id)
    audit.record(None, "session.change", session, reason="clock")
    shorten_offers(session)
    tell_new_clock(session)
    return True


def _let_go_of_who_is_taken(session: GroupSession) -> None:
    """The hour stands. Whoever it takes to two places at once, and any room, is taken off: the session needs a host."""
    hosts = hosts_by_session([session]).get(session.pk)
    found = hosts.clashes([(session.starts_at, session.ends_at)], but=[session.pk]) if hosts else {}
    for clash in found.get(0, []):
        session.bookings.filter(**{clash.kind: clash.who}).delete()
