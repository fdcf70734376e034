"""Who carries how much: one row for each person who runs something (R64). Numbers, and never a member's name."""

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from checkins.models import FollowUp
from groups.models import Away, Group, Membership
from people.http import SignedInRequest
from people.models import User
from people.policy import ensure

PER_PAGE = 25
# R64 asks for a warning and gives no numbers. These are ours to start from: above them somebody asks, nobody judges.
MOST_GROUPS = 4
MOST_PAIRS = 5
MOST_REQUESTS = 8
MOST_FOLLOWUPS = 6


class Row(NamedTuple):
    """One person and what they carry."""

    person: Any
    aways: list[Away]
    warnings: list[str]


@login_required
@require_safe
def load(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "load.see")
    page = Paginator(_people(), PER_PAGE).get_page(request.GET.get("page"))
    aways = _aways(list(page.object_list))
    rows = [Row(person, aways.get(person.pk, []), _warnings(person)) for person in page.object_list]
    return render(request, "home/manage_load.html", {"page": page, "rows": rows})


def _people() -> QuerySet[User, Any]:
    """By name, not by load: nobody is ranked."""
    seats = Membership.objects.facilitators().filter(user=OuterRef("pk")).exclude(group__state=Group.State.ARCHIVED)
    owned = FollowUp.objects.to_do().filter(owner=OuterRef("pk")).order_by()
    asking = Q(group__memberships__state=Membership.State.REQUESTED)
    counted = {
        "groups_run": _number(seats.exclude(group__kind=Group.Kind.PAIR), "user", Count("pk")),
        "pairs_kept": _number(seats.filter(group__kind=Group.Kind.PAIR), "user", Count("pk")),
        "requests_waiting": _number(seats, "user", Count("group__memberships", filter=asking)),
        "followups_held": _number(owned, "owner", Count("pk")),
    }
    running: QuerySet[User, Any] = User.objects.active().filter(Exists(seats))
    return running.annotate(**counted).order_by(Lower("display_name"), "email")


def _number(rows: QuerySet[Any, Any], person: str, count: Count) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(person).annotate(n=count).values("n")), 0)


def _aways(people: list[User]) -> dict[int, list[Away]]:
    """Who of them is away today, and from where."""
    found: dict[int, list[Away]] = {}
    for away in Away.objects.on(timezone.localdate()).of_those_who_run().filter(seat__user__in=people):
        found.setdefault(away.seat.user_id, []).append(away)
    return found


def _warnings(person: Any) -> list[str]:
    limits = [
        (person.groups_run, MOST_GROUPS, _("More than %(most)s groups.")),
        (person.pairs_kept, MOST_PAIRS, _("More than %(most)s people one to one.")),
        (person.requests_waiting, MOST_REQUESTS, _("More than %(most)s requests wait.")),
        (person.followups_held, MOST_FOLLOWUPS, _("More than %(most)s people need a word.")),
    ]
    return [words % {"most": most} for number, most, words in limits if number > most]
