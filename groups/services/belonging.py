"""What somebody who belongs does about their own place: its name, a break from it, and whether it fits."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import DayRefused, NamesTaken, NameTaken, NoName, RunsIt
from groups.models import Group, Membership
from groups.services.locks import hold_membership, one_name_each
from notices.services import tell
from people import audit
from people.local_time import local_day
from people.models import User
from people.policy import ensure

LONGEST_BREAK = timedelta(days=366)
FURTHEST_CLOCK = timedelta(hours=14)  # where the day begins first


class NewName(NamedTuple):
    """What somebody would like to be called in one of their groups."""

    membership: Membership
    alias: str
    pronouns: str = ""


# -- names ------------------------------------------------------------------------------------------
@transaction.atomic
def rename(user: User, *, membership: Membership, alias: str, pronouns: str = "") -> Membership:
    """Be called something else in this group from now on. The record says that it happened, not the names.

    The same name again changes nothing. Raises NotAllowed unless the person belongs, NoName and NameTaken.
    """
    row = hold_membership(membership.pk)
    ensure(user, "membership.own", row)
    if (row.alias, row.pronouns) == (alias, pronouns):
        return row
    if not alias:
        raise NoName(_("Choose a name for this group"))
    row.alias, row.pronouns = alias, pronouns
    with one_name_each():
        row.save(update_fields=["alias", "pronouns"])
    audit.record(user, "membership.rename", row, about=user)
    return row


@transaction.atomic
def rename_all(user: User, *, names: Sequence[NewName]) -> None:
    """Several names at once: all of them or none. Raises NotAllowed, NoName, and NamesTaken, which says where."""
    taken = []
    for new in sorted(names, key=lambda one: one.membership.group_id):  # one order, so that two people never cross
        try:
            rename(user, membership=new.membership, alias=new.alias, pronouns=new.pronouns)
        except NameTaken:
            taken.append(new.membership.pk)
    if taken:
        raise NamesTaken(_("Somebody in this group has this name. Choose another"), taken)


# -- a break ----------------------------------------------------------------------------------------
@transaction.atomic
def pause(user: User, *, membership: Membership, until: date | None) -> Membership:
    """Take a break, until the morning of a day or until the person says so. The place stays theirs.

    Seats they keep before that day go to others. A second break takes the place of the first. Raises
    NotAllowed, RunsIt for those who run the group, and DayRefused.
    """
    row = hold_membership(membership.pk)
    ensure(user, "membership.own", row)
    if row.role == Membership.Role.FACILITATOR:
        raise RunsIt(_("You run this group. Say when you are away, and who looks after it meanwhile."))
    today = local_day(timezone.now(), user.zone)
    if until is not None and not today < until <= today + LONGEST_BREAK:
        raise DayRefused(_("Choose a day after today, within a year"))
    if row.state != Membership.State.PAUSED:
        row.move_to(Membership.State.PAUSED)
    row.paused_until = until
    row.save()
    audit.record(user, "membership.pause", row, about=user)
    signals.member_paused.send(Membership, membership=row)
    return row


@transaction.atomic
def resume(user: User, *, membership: Membership) -> Membership:
    """Come back from a break. Twice is harmless. Raises NotAllowed."""
    row = hold_membership(membership.pk)
    ensure(user, "membership.own", row)
    if row.state == Membership.State.PAUSED:
        _come_back(user, row)
    return row


def resume_due() -> int:
    """Bring back everybody whose break ends today, on their own calendar, and say so. Returns how many."""
    latest = (timezone.now() + FURTHEST_CLOCK).date()
    resting = Membership.objects.filter(state=Membership.State.PAUSED, paused_until__lte=latest).of_living_groups()
    return sum(_resume_if_due(pk) for pk in resting.values_list("pk", flat=True))


@transaction.atomic
def _resume_if_due(pk: int) -> bool:
    """Each on their own: somebody who is changing their break this moment is looked at an hour later."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = rows.select_related("group", "user").filter(pk=pk, state=Membership.State.PAUSED).first()
    if row is None or row.paused_until is None or row.paused_until > local_day(timezone.now(), row.user.zone):
        return False
    key = f"pause.over {row.public_id} {row.paused_until}"
    _come_back(None, row)
    tell([row.user], "pause.over", key, mail=row.by_mail, membership=str(row.public_id), group=row.group.slug)
    return True


def _come_back(actor: User | None, row: Membership) -> None:
    row.move_to(Membership.State.ACTIVE)
    row.save()
    audit.record(actor, "membership.resume", row, about=row.user)
    signals.member_resumed.send(Membership, membership=row)


# -- does it fit? -----------------------------------------------------------------------------------
@transaction.atomic
def ask_fit(*, group: Group, people: Iterable[int]) -> int:
    """Ask those of `people` who belong, once, whether the group fits. Returns how many were asked.

    Called while a session is held, so it waits for nobody: whose place is changing this moment is asked
    after another session. Nothing is recorded: that somebody came three times is theirs.
    """
    if group.is_pair:
        return 0  # two people look back in ways of their own
    now, members = timezone.now(), group.memberships.members().filter(user__in=people)
    unasked = members.filter(state=Membership.State.ACTIVE, fit_asked_at=None).select_related("user")
    asked = list(unasked.select_for_update(of=("self",), no_key=True, skip_locked=True))
    for row in asked:
        row.fit_asked_at = now
        row.save(update_fields=["fit_asked_at"])
        key = f"fit.asked {row.public_id}"
        tell([row.user], "fit.asked", key, mail=False, membership=str(row.public_id), group=group.slug)
    return len(asked)


@transaction.atomic
def answer_fit(user: User, *, membership: Membership, answer: str) -> Membership:
    """Say whether the group fits, or pass. For the person alone; another answer takes its place.

    Raises NotAllowed for anybody else and before they were asked; ValueError for what is no answer.
    """
    row = hold_membership(membership.pk)
    ensure(user, "fit.answer", row)
    row.fit = Membership.Fit(answer)
    row.save(update_fields=["fit"])
    audit.record(user, "membership.fit", row, about=user)
    return row
