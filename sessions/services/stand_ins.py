"""Who may be asked to lead when those who run a group cannot, and hosts who stop being one."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from groups.policies import runs
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from people.querysets import UserQuerySet
from sessions.models import Booking, GroupSession, StandIn
from sessions.policies import stands_in
from sessions.services.hosting import end_settled_calls


class CannotBeAsked(Refused):
    """Who steps in runs a group somewhere."""


def to_ask(group: Group) -> UserQuerySet:
    """Whom a group may put on its list: those who run another group, and are not on it."""
    seats = Membership.objects.running().beyond_pairs().exclude(group=group)
    out = Membership.objects.filter(group=group, state=Membership.State.BLOCKED)
    here = Membership.objects.running().filter(group=group)
    people: UserQuerySet = User.objects.active().filter(pk__in=seats.values("user")).exclude(pk__in=here.values("user"))
    people = people.exclude(pk__in=group.stand_ins.values("user")).exclude(pk__in=out.values("user"))
    return people.order_by("display_name", "pk")


@transaction.atomic
def add_stand_in(actor: User, *, group: Group, person: User) -> StandIn:
    """Put somebody on the list, and tell them. Twice is once. Raises NotAllowed, CannotBeAsked."""
    ensure(actor, "standin.keep", group)
    if standing := StandIn.objects.filter(group=group, user=person).first():
        return standing
    if not to_ask(group).filter(pk=person.pk).exists():
        raise CannotBeAsked(_("Choose somebody who runs another group"))
    row, made = StandIn.objects.get_or_create(group=group, user=person, defaults={"added_by": actor})
    if made:
        audit.record(actor, "standin.add", group, about=person)
        tell([person], "standin.added", f"standin.added {group.pk} {timezone.now()}", group=group.slug)
    return row


@transaction.atomic
def drop_stand_in(actor: User, *, stand_in: StandIn) -> None:
    """Take somebody off the list, or oneself. What they have taken on and is still to come goes with it: rights that
    hang on the list end with it. Raises NotAllowed.
    """
    ensure(actor, "standin.drop", stand_in)
    if StandIn.objects.filter(pk=stand_in.pk).delete()[0]:
        audit.record(actor, "standin.drop", stand_in.group, about=stand_in.user)
        give_back_bookings(stand_in.user)


def give_back_bookings(user: User) -> int:
    """Free the coming sessions that somebody may not lead any more, in that transaction. They need a host then.

    Because they left the group, stopped running it, or cannot sign in. Returns how many.
    """
    rows = Booking.objects.in_hand().filter(host=user).select_related("session__group").order_by("starts_at", "pk")
    gone = [row for row in rows if not _still_leads(user, row.session)]
    Booking.objects.filter(pk__in=[row.pk for row in gone]).delete()
    end_settled_calls([row.session for row in gone])
    for row in gone:
        audit.record(None, "host.end", row.session, about=user)
    return len(gone)


def _still_leads(user: User, session: GroupSession) -> bool:
    return user.is_active and (runs(user, session.group) or stands_in(user, session.group))
