"""When something flagged that nobody has looked at goes on to the next people (T13).

Rows say when, so that no worker, broker or mail server that is away can lose it; the pages read the rows.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from checkins.models import Escalation, FollowUp
from checkins.services.keepers import active_facilitators_of, coordinators_of, is_flagged, leads_of
from notices.services import tell
from people import audit
from people.models import Organisation, User

log = logging.getLogger(__name__)

BATCH = 500
Step = Escalation.Step
NEXT: dict[int, tuple[str, Callable[[FollowUp], list[User]]]] = {
    Step.FACILITATORS: ("followup.opened", active_facilitators_of),
    Step.COORDINATOR: ("followup.waits", coordinators_of),
    Step.SAFETY_LEAD: ("followup.urgent", leads_of),
}


def plan_escalations(followup: FollowUp) -> None:
    """Write down when it goes on, each time it opens or is given on; in the caller's transaction."""
    if not is_flagged(followup) or not _has_nobody(followup):
        drop_escalations(followup)
        return
    organisation, now = Organisation.current(), timezone.now()
    wait = timedelta(hours=organisation.unseen_hours)
    rows = [
        Escalation(followup=followup, step=step, planned_at=now, due_at=organisation.open_hours.after(now, wait * step))
        for step in Step.values
    ]
    Escalation.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["followup", "step"],
        update_fields=["planned_at", "due_at", "happened_at", "dropped_at"],
    )


def drop_escalations(followup: FollowUp) -> None:
    """Somebody looked, has it, or it is over; in the caller's transaction."""
    followup.escalations.ahead().update(dropped_at=timezone.now())


def escalate() -> int:
    """Take every step that is due. Returns how many were taken. Safe to run twice, at once and late."""
    due = list(Escalation.objects.due().order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_try(pk) for pk in due)


def _try(pk: int) -> int:
    """One that cannot be taken must not hold up the others; it stays due, and the pages show it."""
    try:
        return take_step(pk)
    except Exception as problem:  # noqa: BLE001  # whatever it is
        log.error("escalation %s did not happen (%s)", pk, type(problem).__name__)
        return 0


@transaction.atomic
def take_step(pk: int) -> int:
    """Tell the next people, unless somebody looked meanwhile or is about to. Says 1 or 0."""
    rows = Escalation.objects.due().filter(pk=pk).select_related("followup__group", "followup__about")
    row = rows.select_for_update(skip_locked=True, of=("self", "followup")).first()
    if row is None:
        return 0
    if _is_looked_after(row):
        row.dropped_at = timezone.now()
        row.save()
        return 0
    people = _tell(row)
    row.happened_at = timezone.now()
    row.save()
    audit.record(None, "followup.escalate", row.followup, about=row.followup.about, reason=f"step {row.step}")
    return 1 if people else 1 + _pull_forward(row)


def _is_looked_after(row: Escalation) -> bool:
    """It is over, or somebody who looked has it, or somebody looked since it opened or was given back."""
    seen = row.followup.seen_at is not None and row.followup.seen_at >= row.planned_at
    return seen or not _has_nobody(row.followup)


def _has_nobody(followup: FollowUp) -> bool:
    """Nobody has taken it on, or it was given to somebody while nobody had looked."""
    given = followup.state == FollowUp.State.TAKEN and followup.seen_at is None
    return given or followup.state == FollowUp.State.OPEN


def _tell(row: Escalation) -> list[User]:
    topic, people_of = NEXT[row.step]
    people, public_id = people_of(row.followup), str(row.followup.public_id)
    tell(people, topic, f"followup {public_id} step {row.step} {row.planned_at:%Y%m%d%H%M%S}", followup=public_id)
    return people


def _pull_forward(row: Escalation) -> int:
    """There is nobody at this step, so the next one is taken at once."""
    after = row.followup.escalations.ahead().filter(step__gt=row.step).order_by("step").first()
    if after is None:
        return 0
    after.due_at = timezone.now()
    after.save()
    return take_step(after.pk)
