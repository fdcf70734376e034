"""People without an account, under a name that those who run the group keep for the roll."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Guest, GuestSeat, Seat
from sessions.services.roll import ensure_can_be_marked
from sessions.services.seats import lock_session

ONCE_KEPT = timedelta(days=30)  # the name of somebody who came once
REGULAR_KEPT = timedelta(days=365)  # of somebody who came every time, after they came last


class GuestForgotten(Refused):
    """There is no name any more that could be kept."""


@transaction.atomic
def add_guest(actor: User, *, session: GroupSession, called: str, regular: bool = False) -> Guest:
    """Write down that somebody came who has no account. A name the group knows is that guest.

    `regular` puts them on the roll of every session; only those who run the group can say so. Once a name
    stands, a number of heads does not any more. Raises NotAllowed, TooEarly.
    """
    session = lock_session(session)
    ensure(actor, "attendance.keep", session)
    ensure_can_be_marked(session)
    guest = _known(session.group, called) or Guest(group=session.group, called=called, kept_by=actor)
    if regular and not guest.regular:
        ensure(actor, "guest.keep", guest)
        guest.regular = True
    if guest.pk is None:
        audit.record(actor, "guest.add", _saved(guest), reason="regular" if guest.regular else "once")
    else:
        guest.save(update_fields=["regular"])
    came = {"came": Seat.Came.CAME, "marked_by": actor, "marked_at": timezone.now()}
    GuestSeat.objects.update_or_create(session=session, guest=guest, defaults=came)
    GroupSession.objects.filter(pk=session.pk).update(headcount=None)
    return guest


@transaction.atomic
def set_guest_regular(actor: User, *, guest: Guest, regular: bool) -> Guest:
    """Put a guest on every roll, or on those alone to which they came. Raises NotAllowed, GuestForgotten."""
    guest = _hold(actor, guest)
    if guest.forgotten_at:
        raise GuestForgotten(_("This name is forgotten already"))
    if guest.regular != regular:
        guest.regular = regular
        guest.save(update_fields=["regular"])
        audit.record(actor, "guest.change", guest, reason="regular" if regular else "once")
    return guest


@transaction.atomic
def forget_guest(actor: User, *, guest: Guest) -> Guest:
    """Empty a guest's name. That somebody came stays in the numbers. Twice is harmless. Raises NotAllowed."""
    guest = _hold(actor, guest)
    if guest.forgotten_at is None:
        _forget(guest)
        audit.record(actor, "guest.forget", guest)
    return guest


def forget_guests() -> int:
    """Empty the names of guests who came once, 30 days after; of regular ones, a year after they came last.

    Returns how many. Safe to run twice and late.
    """
    now, forgotten = timezone.now(), 0
    for regular, kept in ((False, ONCE_KEPT), (True, REGULAR_KEPT)):
        lately = GuestSeat.objects.filter(guest=OuterRef("pk"), session__ends_at__gt=now - kept)
        due = Guest.objects.known().filter(regular=regular, created_at__lte=now - kept).exclude(Exists(lately))
        forgotten += sum(_forget_if_still(pk, regular) for pk in due.order_by("pk").values_list("pk", flat=True))
    return forgotten


@transaction.atomic
def _forget_if_still(pk: int, regular: bool) -> bool:
    """In a transaction of its own, and only if nobody put the guest on every roll meanwhile."""
    guest = Guest.objects.known().select_for_update(no_key=True).filter(pk=pk, regular=regular).first()
    if guest is None:
        return False
    _forget(guest)
    audit.record(None, "guest.forget", guest)
    return True


def _known(group: Group, called: str) -> Guest | None:
    return Guest.objects.known().select_for_update(no_key=True).filter(group=group, called__iexact=called).first()


def _saved(guest: Guest) -> Guest:
    guest.save()
    return guest


def _hold(actor: User, guest: Guest) -> Guest:
    ensure(actor, "guest.keep", guest)
    held = Guest.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("group").get(pk=guest.pk)


def _forget(guest: Guest) -> None:
    guest.called, guest.regular, guest.forgotten_at = "", False, timezone.now()
    guest.save(update_fields=["called", "regular", "forgotten_at"])
