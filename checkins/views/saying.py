"""What the pages of answers share, signed in or through the link."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from checkins.models import CheckIn, FollowUp
from checkins.services import Circle, offers_help, seats_of
from checkins.words import all_of


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, or None when nothing was: an empty form that was sent is still to be answered."""
    return request.POST if request.method == "POST" else None


def initial_answer(checkin: CheckIn) -> dict[str, Any]:
    """What the person chose so far; nothing more than that."""
    group = str(checkin.group.public_id) if checkin.group else ""
    return {
        "support": checkin.support,
        "readers": group if checkin.is_shared else checkin.share,
        "by": "" if checkin.is_shared else group,
    }


def around(checkin: CheckIn, circles: Sequence[Circle], words: str) -> dict[str, Any]:
    """Whether the help lines stand first, who reads it, and who will do what by when. `words` are the person's own."""
    rows = FollowUp.objects.filter(checkin=checkin).exclude(state="dropped").with_names()
    followup = rows.order_by(F("closed_at").desc(nulls_first=True), "-due_at").first()
    named = {circle.group.pk: circle for circle in circles}
    reads, keeps = named.get(checkin.group_id or 0), named.get(followup.group_id) if followup else None
    return {
        "checkin": checkin,
        "help_first": checkin.needs_help_first or (checkin.is_changeable and offers_help(words)),
        "followup": followup,
        "reader_names": reads.all_names if reads else _who_ran_it(checkin),
        "keeper_names": getattr(followup, "keeper", "") or (keeps.one_name if keeps else ""),
    }


def _who_ran_it(checkin: CheckIn) -> str:
    """The names of those who read what was shared with a group that the person has left."""
    if checkin.group is None:
        return ""
    names = [seat.alias for seat in seats_of([checkin.group]) if seat.user_id != checkin.user_id]
    return all_of(names) if names else _("whoever runs that group")


def kept_number(checkin: CheckIn) -> bool:
    """Whether the person gave a number that still stands."""
    return FollowUp.objects.to_do().filter(checkin=checkin, reach__isnull=False).exists()
