"""Who looks after a follow-up, what the person is promised, and whom we tell."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from checkins.models import FollowUp
from checkins.services.duty import duties_of, reads_first, seats_of
from groups.models import Group, Membership
from groups.querysets import MembershipQuerySet
from notices.models import Delivery, Notice
from notices.services import tell
from people.local_time import local_day
from people.models import AuditEntry, Organisation, User
from people.policy import can

Cause = FollowUp.Cause
A_DAY = timedelta(days=1)
MOST_TOLD = 4  # times that one thing opens anew and is told anew


def promised_by(cause: str) -> datetime:
    """When somebody will have been in touch: by noon of the organisation's next open day, or of the last promised."""
    organisation = Organisation.current()
    days = 1 if cause == Cause.SUPPORT else organisation.answer_days
    hours = organisation.open_hours
    return hours.noon_of(hours.open_day_after(local_day(timezone.now(), hours.zone), days))


def is_flagged(followup: FollowUp) -> bool:
    """The person asked for somebody, or shared that it was very hard: it may not wait unseen (T13)."""
    return followup.cause in {Cause.SUPPORT, Cause.HARD} or followup.said == FollowUp.Said.CHAT


def ask_keepers(followup: FollowUp) -> None:
    """Tell that somebody needs a word: whoever reads first what is flagged, else those who run the group.

    What was taken back and opens again is told again, but not without end.
    """
    first = reader_of(followup) if is_flagged(followup) else None
    opened = AuditEntry.objects.filter(
        object_kind=followup._meta.label_lower, object_id=str(followup.public_id), action="followup.open"
    )
    times = opened[:MOST_TOLD].count()
    key = f"followup {followup.public_id} {followup.due_at:%Y%m%d%H%M} {followup.group_id} {times}"
    tell([first] if first else keepers_of(followup), "followup.opened", key, followup=str(followup.public_id))


def tell_again(followup: FollowUp, *, besides: User) -> None:
    """That nobody has it any more: once an hour, and nobody who has still to hear of it from before."""
    key = f"followup {followup.public_id} back {timezone.now():%Y%m%d%H}"
    others = {keeper.pk: keeper for keeper in keepers_of(followup) if keeper != besides}
    known = _still_to_hear(followup, others)
    tell([k for pk, k in others.items() if pk not in known], "followup.opened", key, followup=str(followup.public_id))


def tell_of_more(followup: FollowUp) -> None:
    """That there is more to read than they saw: once an hour, and nobody who has still to hear of it from before."""
    key = f"followup {followup.public_id} more {timezone.now():%Y%m%d%H}"
    readers = {keeper.pk: keeper for keeper in answering(followup)}
    known = _still_to_hear(followup, readers)
    tell([k for pk, k in readers.items() if pk not in known], "followup.opened", key, followup=str(followup.public_id))


def answering(followup: FollowUp) -> Iterable[User]:
    """Who has it; where nobody does, or that one is away or may not any more, whoever would be asked."""
    owner = followup.owner
    if owner is None or not can(owner, "followup.keep", followup):
        return keepers_of(followup)
    is_left = FollowUp.objects.left_behind().filter(pk=followup.pk).exists()
    return {owner, *keepers_of(followup)} if is_left else [owner]


def _still_to_hear(followup: FollowUp, people: Iterable[int]) -> set[int]:
    """Whom a mail about it has not left for yet, or who was told today and has not read that."""
    told = Notice.objects.filter(user__in=people, topic="followup.opened", ids__followup=str(followup.public_id))
    on_its_way = Exists(Delivery.objects.filter(notice=OuterRef("pk"), state=Delivery.State.WAITING))
    unread = Q(read_at=None, created_at__gt=timezone.now() - A_DAY)
    return set(told.filter(Q(on_its_way) | unread).values_list("user", flat=True))


def keepers_of(followup: FollowUp) -> Iterable[User]:
    """Who runs the group; where nobody does, the safety leads, so that it never waits unseen (T13)."""
    run = facilitators_of(followup)
    here = run.there_on(followup.group.today)  # whoever is away is told when nobody else is there (R62)
    return _active(here) or _active(run) or leads_of(followup)


def reader_of(followup: FollowUp) -> User | None:
    """Who reads first what this group's members write, if somebody has that duty."""
    here = Group.objects.filter(pk=followup.group_id)
    duty = duties_of(here).get(followup.group_id)
    seat = reads_first(duty, list(seats_of(here).select_related("user")), besides=followup.about_id)
    return seat.user if seat else None


def facilitators_of(followup: FollowUp) -> MembershipQuerySet:
    """The seats of everybody who runs the group, but for the person it is about."""
    return Membership.objects.facilitators().filter(group=followup.group_id).exclude(user=followup.about_id)


def leads_of(followup: FollowUp) -> list[User]:
    return list(User.objects.active().filter(is_safety_lead=True).exclude(pk=followup.about_id))


def coordinators_of(followup: FollowUp) -> list[User]:
    """Who looks after the groups: for a pair those who run its programme; else, or where nobody does, the admins."""
    programme = Membership.objects.facilitators().filter(group=followup.group.parent_id)
    run = _active(programme.exclude(user=followup.about_id)) if followup.group.is_pair else []
    return run or list(User.objects.admins().exclude(pk=followup.about_id))


def active_facilitators_of(followup: FollowUp) -> list[User]:
    return _active(facilitators_of(followup))


def _active(seats: MembershipQuerySet) -> list[User]:
    return list(User.objects.active().filter(pk__in=seats.values("user")))
