"""What a session leaves to be seen to: who was not there, who left early, what was promised (R36, R39)."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import FollowUp
from checkins.services.followups import NotInGroup, withdraw
from checkins.services.hellos import greet_by_itself, take_hello_back
from checkins.services.keepers import ask_keepers, promised_by
from groups.models import Membership
from groups.policies import belongs
from notices.services import tell
from people import audit
from people.consents import HELLO
from people.local_time import instant, local_day
from people.models import Consent, Organisation, User
from people.policy import can, ensure
from people.sealed import seal
from sessions.models import Booking, GroupSession, Seat
from sessions.querysets import HERE

Cause, State = FollowUp.Cause, FollowUp.State
IN_A_ROW = 2  # R36: after so many we leave a person be
EVENING = time(22)  # by then somebody has looked after who left early
AT_LEAST = timedelta(hours=2)


@transaction.atomic
def follow_roll(actor: User, *, session: GroupSession) -> None:
    """Let the work list say what the roll says now. Nobody is called anything for not having come.

    Who left early is looked after at once. Once it is over, who came to this group for the first time gets a word;
    and who was not there and did not tell us is somebody to think of, where they said yes to that, take no break,
    and were not thought of the last two times as well. What was put right before anybody saw it is dropped.
    """
    if session.group.is_pair or not session.has_begun:
        return
    marks = dict(session.seats.exclude(came="").values_list("user_id", "came"))
    early = {user for user, came in marks.items() if came == Seat.Came.LEFT}
    _settle(actor, session, Cause.LEFT, early, due_at=_same_day(session))
    if session.is_over or session.state == GroupSession.State.HELD:
        missed = {user for user, came in marks.items() if came == Seat.Came.AWAY}
        _settle(actor, session, Cause.MISSED, missed, due_at=promised_by(Cause.MISSED))
        came = {user for user, came in marks.items() if came == Seat.Came.CAME}
        _settle(actor, session, Cause.FIRST, came, due_at=_soon_after())


@transaction.atomic
def open_promise(
    actor: User, *, session: GroupSession, about: User, owner: User, due_at: datetime, key: str, why: str = ""
) -> FollowUp:
    """Keep what somebody who led the session said would happen. The same `key` twice is one promise.

    `owner` sees to it and is told, unless it is the actor. Raises NotAllowed, NotInGroup.
    """
    ensure(actor, "session.lead", session)
    if standing := FollowUp.objects.filter(key=f"promise {key}").first():
        return standing
    followup = FollowUp(about=about, group=session.group, session=session, cause=Cause.PROMISE, due_at=due_at)
    if about == owner or not belongs(about, session.group) or not can(owner, "followup.keep", followup):
        raise NotInGroup(_("Choose somebody who belongs to the group, and somebody who runs it."))
    followup.key, followup.owner, followup.state = f"promise {key}", owner, State.TAKEN
    followup.seen_at = timezone.now() if owner == actor else None
    seal(followup, "why", why, owner=about)
    followup.save()
    audit.record(actor, "followup.open", followup, about=about, reason=Cause.PROMISE)
    if owner != actor:
        _tell(followup, owner)
    return followup


def forget_missed(user: User) -> None:
    """Take back what nobody has seen yet, because the person asked to be left be."""
    rows = FollowUp.objects.to_do().select_for_update(of=("self",)).filter(about=user, cause=Cause.MISSED)
    for row in rows.filter(seen_at=None).select_related("about"):
        withdraw(user, row)


def _settle(actor: User, session: GroupSession, cause: str, people: Collection[int], *, due_at: datetime) -> None:
    rows = FollowUp.objects.select_for_update(of=("self",)).filter(session=session, cause=cause)
    standing = {row.about_id: row for row in rows.select_related("about", "group").order_by("pk")}
    for person, row in standing.items():
        if person not in people:
            _take_back(actor, row)
    due = max(due_at, timezone.now() + AT_LEAST)
    for user in _to_think_of(session, cause, people):
        row = standing.get(user.pk) or FollowUp(about=user, group=session.group, session=session, cause=cause)
        if row.pk is None or row.state == State.DROPPED:
            _open(actor, row, due_at=due)


def _take_back(actor: User, row: FollowUp) -> None:
    """What nobody has seen; and a hello that went by itself and was not answered."""
    if row.is_open and row.seen_at is None:
        withdraw(actor, row)
    elif row.state == State.DONE and row.closed_by_id is None and not row.said:
        take_hello_back(actor, row)


def _to_think_of(session: GroupSession, cause: str, people: Collection[int]) -> list[User]:
    """Those who belong to the group now, and whom we may think of."""
    here = Membership.objects.filter(group=session.group_id, state=Membership.State.ACTIVE, user=OuterRef("pk"))
    found = User.objects.active().filter(Exists(here), pk__in=people).order_by("pk")
    if cause == Cause.LEFT:
        return list(found)
    if cause == Cause.FIRST:
        return list(_first_timers(found, session))
    said_yes = Consent.objects.standing(HELLO["purpose"]).filter(user=OuterRef("pk"))
    return [user for user in found.filter(Exists(said_yes)) if not _was_thought_of(user, session)]


def _first_timers(people: QuerySet[User], session: GroupSession) -> QuerySet[User]:
    """Of these, who never came to this group before or since. Who runs it is no newcomer.

    In the first roll that a group keeps everybody would be one, so nobody is.
    """
    kept = Seat.objects.filter(session__group=session.group_id, session__starts_at__lt=session.starts_at)
    if not kept.exclude(came="").exists():
        return people.none()
    came = Seat.objects.filter(user=OuterRef("pk"), session__group=session.group_id, came__in=HERE)
    greeted = FollowUp.objects.filter(about=OuterRef("pk"), group=session.group_id, cause=Cause.FIRST)
    others = Exists(greeted.exclude(session=session).exclude(state=State.DROPPED))
    runs = Exists(Membership.objects.facilitators().filter(user=OuterRef("pk"), group=session.group_id))
    return people.exclude(Exists(came.exclude(session=session)) | others | runs)


def _was_thought_of(user: User, session: GroupSession) -> bool:
    """Whether somebody was asked to look two times since they were last there or told us."""
    marked = Seat.objects.filter(user=user, session__group=session.group_id).exclude(came="")
    before = marked.filter(session__starts_at__lt=session.starts_at)
    there = before.exclude(came=Seat.Came.AWAY).aggregate(last=Max("session__starts_at"))["last"]
    asked = FollowUp.objects.filter(about=user, group=session.group_id, cause=Cause.MISSED)
    since = asked.filter(session__starts_at__lt=session.starts_at)
    return (since.filter(session__starts_at__gt=there) if there else since).count() >= IN_A_ROW


def _open(actor: User, followup: FollowUp, *, due_at: datetime) -> None:
    followup.key, followup.due_at, followup.seen_at = _key(followup), due_at, None
    followup.open_again()
    host = _host_for(followup)
    if host:
        followup.owner, followup.state = host, State.TAKEN
    followup.save()
    audit.record(actor, "followup.open", followup, about=followup.about, reason=followup.cause)
    if followup.cause == Cause.LEFT:
        _tell_of_leaving(actor, followup, host)
    elif followup.cause == Cause.MISSED and Organisation.current().hello_by_itself:
        greet_by_itself(followup)


def _tell_of_leaving(actor: User, followup: FollowUp, host: User | None) -> None:
    """The same evening: so it is told, while the others stand on the list until somebody looks."""
    if host is None:
        ask_keepers(followup)
    elif host != actor:
        _tell(followup, host)


def _key(followup: FollowUp) -> str:
    assert followup.session is not None  # of a session, as followup_of_session_has_it wants
    return f"{followup.cause} {followup.session.pk} {followup.about_id}"


def _host_for(followup: FollowUp) -> User | None:
    """Of those who lead, and where they may see the list of the group: who helps looks after whoever left early (R39),
    who leads writes to whoever came for the first time, or who helps when they cannot.
    """
    duties = {Cause.LEFT: [Booking.Duty.CO], Cause.FIRST: [Booking.Duty.LEAD, Booking.Duty.CO]}
    booked = Booking.objects.of_hosts().filter(session=followup.session).select_related("host")
    hosts = {row.duty: row.host for row in booked}
    wanted = [hosts.get(duty) for duty in duties.get(Cause(followup.cause), [])]
    return next((host for host in wanted if host and can(host, "followup.keep", followup)), None)


def _soon_after() -> datetime:
    """Noon of the second open day: a short message soon after a first time helps people to come back."""
    hours = Organisation.current().open_hours
    return hours.noon_of(hours.open_day_after(local_day(timezone.now(), hours.zone), 2))


def _same_day(session: GroupSession) -> datetime:
    return instant(session.starts_at.astimezone(session.zone).date(), EVENING, session.zone)


def _tell(followup: FollowUp, keeper: User) -> None:
    key = f"followup {followup.public_id} {followup.due_at:%Y%m%d%H%M} {keeper.pk}"
    tell([keeper], "followup.opened", key, followup=str(followup.public_id))
