"""When a group meets, a month at a time, and how many came."""

import csv
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groups.models import Group
from groups.policies import runs
from people.http import SignedInRequest
from people.policy import ensure
from people.words import zone_words
from sessions.models import GroupSession
from sessions.querysets import SessionQuerySet
from sessions.services import monday_of, months_of, week_of, with_leaders
from sessions.views.standing import rows_of

AHEAD = 30
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


@login_required
@require_safe
def group_schedule(request: SignedInRequest, slug: str) -> HttpResponse:
    """What is to come, or one month of it. However long a group has met, the page stays as short."""
    group = get_object_or_404(Group.objects.come_to_by(request.user), slug=slug)
    theirs = GroupSession.objects.visible_to(request.user).filter(group=group)
    month = _month(request.GET.get("month", ""))
    shown = _in_month(theirs, month) if month else theirs.upcoming()
    rows = with_leaders(list(shown.with_counts().select_related("group")[: AHEAD + 1]))
    this = month or group.today.replace(day=1)
    context = {
        "group": group,
        "rows": rows_of(request.user, rows[:AHEAD]),
        "month": month,
        "earlier": this - relativedelta(months=1 if month else 0),
        "later": this + relativedelta(months=1),
        "more": len(rows) > AHEAD,
        "runs_it": runs(request.user, group),
        "zone": zone_words(request.user.time_zone),
    }
    return render(request, "sessions/schedule.html", context)


@login_required
@require_safe
def attendance_counts(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    months = [month for month in months_of(request.user, group=group) if month.held or month.cancelled]
    return render(request, "sessions/attendance_counts.html", {"group": group, "months": months})


@login_required
@require_safe
def attendance_file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same as a table for a spreadsheet: numbers, no names, and nothing of what the group is about."""
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    ensure(request.user, "attendance.count", group)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="attendance.csv"'
    heads = [_("Month"), _("Held"), _("Cancelled"), _("Different people"), _("Attendances"), _("First time")]
    table = csv.writer(answer)
    table.writerow([*heads, _("Counted without names")])
    table.writerows(month.row for month in months_of(request.user, group=group))
    return answer


@login_required
@require_safe
def organisation_week(request: SignedInRequest) -> HttpResponse:
    """What meets in one week, who leads it and where, for those who give out hosts and rooms."""
    this = monday_of(timezone.localdate())
    first = monday_of(_day(request.GET.get("from", "")) or this)
    context = {
        "week": week_of(request.user, first=first),
        "last": first + timedelta(days=6),
        "earlier": first - timedelta(days=7),
        "later": first + timedelta(days=7),
        "is_this": first == this,
        "zone": zone_words(request.user.time_zone),
    }
    return render(request, "sessions/week.html", context)


def _day(text: str) -> date | None:
    """The day that was asked for, within what a calendar holds. Nonsense asks for this week."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def _month(text: str) -> date | None:
    """The month that was asked for, within what a calendar holds. Nonsense asks for what is to come."""
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 — a month, no moment
    except ValueError:
        return None
    return month if FIRST <= month <= LAST else None


def _in_month(sessions: SessionQuerySet, month: date) -> SessionQuerySet:
    days = {"local_date__gte": month, "local_date__lt": month + relativedelta(months=1)}
    return sessions.filter(**days).order_by("starts_at", "pk")
