"""The front door: the landing page for visitors, and where somebody who signs in goes first."""

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from groups.models import Group, Membership
from people.http import SignedInRequest
from sessions.models import GroupSession
from sessions.querysets import SessionQuerySet

SHOWN = 3


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The promise, one button, and the next three meetings anybody may read about."""
    if request.user.is_authenticated:
        return redirect("home:start")
    context = {"sessions": _this_week()[:SHOWN], "group_count": Group.objects.listed().count()}
    return render(request, "home/landing.html", context)


@login_required
@require_safe
def start(request: SignedInRequest) -> HttpResponse:
    """After signing in: to the work for those who have some, else to one's own home."""
    reader = request.user
    if reader.is_admin:
        return redirect("home:overview")
    if reader.is_safety_lead:
        return redirect("checkins:follow-ups")
    if Membership.objects.facilitated_by(reader).beyond_pairs().exists():
        return redirect("home:today")
    return redirect("home:home")


def _this_week() -> SessionQuerySet:
    """The next meeting of each listed open group within seven days, with the group's room; nobody's name."""
    planned = GroupSession.objects.scheduled().within(7).filter(starts_at__gt=timezone.now())
    listed = planned.filter(group__in=Group.objects.listed())
    first = listed.order_by("group", "starts_at", "pk").distinct("group")
    groups = Prefetch("group", Group.objects.with_counts())
    return GroupSession.objects.filter(pk__in=first.values("pk")).order_by("starts_at", "pk").prefetch_related(groups)
