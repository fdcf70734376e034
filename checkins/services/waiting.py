"""What waits unseen, for those who look after the groups: that it does, never whose it is or why (T13)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import Escalation, FollowUp
from checkins.services.duty import seats_of
from checkins.services.keepers import active_facilitators_of, leads_of
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure


class NoLongerWaits(Refused):
    """Somebody looked meanwhile."""


class CannotLook(Refused):
    """Only somebody who runs the group, or a safety lead, may open it."""


class Waiting(NamedTuple):
    """One thing that waits: in which group, who runs it, the steps that are due, and who could be asked to look."""

    followup: FollowUp
    names: list[str]
    steps: list[Escalation]
    people: list[tuple[str, str]]  # public ids and names

    @property
    def since(self) -> datetime:
        return self.steps[0].planned_at


def waiting_for(user: User) -> list[Waiting]:
    """What this person should know of, the longest wait first."""
    rows = FollowUp.objects.overseen_by(user).waiting_unseen().select_related("group__parent", "about")
    found = list(rows.prefetch_related("escalations"))
    seats = list(seats_of({row.group for row in found}).select_related("user"))
    leads = list(User.objects.active().filter(is_safety_lead=True).order_by("display_name", "pk"))
    return [_waiting(row, [seat for seat in seats if seat.group_id == row.group_id], leads) for row in found]


def _waiting(row: FollowUp, seats: Sequence[Any], leads: Sequence[User]) -> Waiting:
    others = [seat for seat in seats if seat.user_id != row.about_id]
    due = [step for step in row.escalations.all() if step.dropped_at is None and step.due_at <= timezone.now()]
    return Waiting(row, [seat.alias for seat in others], sorted(due, key=_step), _people(row, others, leads))


def _step(escalation: Escalation) -> int:
    return escalation.step


def _people(row: FollowUp, seats: Sequence[Any], leads: Sequence[User]) -> list[tuple[str, str]]:
    run = {seat.user_id: (str(seat.user.public_id), seat.alias) for seat in seats if seat.can_read}
    wider = [lead for lead in leads if lead.pk not in run and lead.pk != row.about_id]
    named = [(str(lead.public_id), _("%(name)s, safety lead") % {"name": lead.called}) for lead in wider]
    return [*run.values(), *named]


@transaction.atomic
def ask_to_look(actor: User, *, followup: FollowUp, person: User) -> FollowUp:
    """Ask somebody at once to look: one of those who run the group, or a safety lead.

    Asking again within the hour is harmless. Raises NotAllowed, NoLongerWaits, CannotLook.
    """
    held = FollowUp.objects.select_for_update(of=("self",)).select_related("group", "about").get(pk=followup.pk)
    ensure(actor, "followup.pass_on", held)
    if not FollowUp.objects.waiting_unseen().filter(pk=held.pk).exists():
        raise NoLongerWaits(_("Somebody has looked meanwhile, so nobody else was asked."))
    may_look = {user.pk for user in [*active_facilitators_of(held), *leads_of(held)]}
    if person.pk not in may_look:
        raise CannotLook(_("Choose somebody who runs this group, or a safety lead."))
    key = f"followup {held.public_id} asked {timezone.now():%Y%m%d%H}"
    tell([person], "followup.urgent", key, followup=str(held.public_id))
    audit.record(actor, "followup.pass_on", held.group, reason="asked somebody to look")
    return held
