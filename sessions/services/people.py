"""Who leads sessions, and who comes, as those who lead them read it."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Subquery

from groups.models import Membership
from people.models import User
from sessions.models import Booking, CoverCall, GroupSession, Seat
from sessions.querysets import HERE
from sessions.services.hosting import Leader


def leaders_by_session(sessions: Collection[GroupSession]) -> dict[int, list[Leader]]:
    """Who leads each of them, the first first, by the session's key. One query."""
    rows = Booking.objects.of_hosts().named().select_related("host").filter(session__in=sessions).order_by("-duty")
    found: dict[int, list[Leader]] = {}
    for row in rows:
        if row.host:
            found.setdefault(row.session_id, []).append(Leader(row.host, row.called, row.duty))
    return found


def with_leaders(sessions: list[GroupSession]) -> list[GroupSession]:
    """These sessions with `led_by`, `leader` and `asks_cover`, as `with_leader()` adds them to a query. Three queries.

    For a page of them: a few people lead them all, and their names are looked up once and not beside each row.
    """
    calling = set(CoverCall.objects.open().filter(session__in=sessions).values_list("session_id", flat=True))
    booked = Booking.objects.filter(session__in=sessions, host__is_active=True)
    rows = booked.order_by("duty").values_list("session_id", "host_id", "host__display_name")
    # who leads comes after who helps, and stays
    first = {session: (host, name) for session, host, name in rows}
    aliases = _aliases({one.group_id for one in sessions}, {host for host, _name in first.values() if host})
    for one in sessions:
        one.led_by, name = first.get(one.pk, (None, None))
        one.asks_cover = one.led_by is not None and one.pk in calling
        one.leader = aliases.get((one.group_id, one.led_by), name)
    return sessions


def _aliases(groups: Collection[int], users: Collection[int]) -> dict[tuple[int, int | None], str]:
    """The names by which groups know their own people."""
    inside = Membership.objects.belonging().filter(group__in=groups, user__in=users)
    return {(group, user): alias for group, user, alias in inside.values_list("group_id", "user_id", "alias")}


def colleague_of(reader: User, leaders: Collection[Leader]) -> str:
    """What the other one who leads is called, or "" for who leads alone."""
    return next((leader.called for leader in leaders if leader.user != reader), "")


def newcomers(sessions: Collection[GroupSession]) -> dict[int, list[str]]:
    """Who keeps a seat and never came to this group before, by the session's key. One query."""
    before = Seat.objects.filter(user=OuterRef("user"), session__group=OuterRef("session__group"), came__in=HERE)
    alias = Membership.objects.coming().filter(user=OuterRef("user"), group=OuterRef("session__group"))
    going = Seat.objects.filter(session__in=sessions, state=Seat.State.GOING)
    first = going.exclude(Exists(before.exclude(session=OuterRef("session"))))
    found: dict[int, list[str]] = {}
    rows = first.annotate(person=Subquery(alias.values("alias")[:1])).exclude(person=None).order_by("person")
    for session, person in rows.values_list("session_id", "person"):
        found.setdefault(session, []).append(person)
    return found
