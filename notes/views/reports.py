"""Saying quietly that something is not right; and, for those who look after safety, seeing to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkins.models import Reply
from groups.models import Announcement, Group, Membership
from notes.forms import CloseReportForm, ReportForm
from notes.models import Report
from notes.services import ReportClosed, TooManyReports, close_report, make_report, read_report, who_sees_to
from people.http import SignedInRequest, posted, refused_status
from people.models import User
from people.policy import can
from people.reader import as_reader
from people.sealed import Unreadable
from sessions.models import GroupSession

A_PAGE = 30


@dataclass(frozen=True)
class Thing:
    """What is not right, in words that name nobody, and where that stands in a report."""

    title: Any
    about: User | None = None
    where: dict[str, Any] = field(default_factory=dict)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    """The same page for whatever it is about. It names nobody: a list of pages seen tells nothing."""
    thing = _thing(request.user, kind, key)
    form = ReportForm(posted(request))
    if form.is_valid() and _made(request.user, thing, form):
        messages.success(request, _("Thank you. It was passed on."))
        return redirect("notes:reports-made")
    reads = [person.called for person in who_sees_to(Report(reporter=request.user, about=thing.about, **thing.where))]
    context = {"form": form, "thing": thing, "reads": reads}
    return render(request, "notes/report.html", context, status=refused_status(form))


@login_required
@require_safe
def made(request: SignedInRequest) -> HttpResponse:
    """What somebody passed on, and where it stands. Not the words: they may be read over a shoulder."""
    page = Paginator(Report.objects.made_by(request.user), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "notes/reports_made.html", {"page": page})


@login_required
@require_safe
def report_list(request: SignedInRequest) -> HttpResponse:
    """What is open first. Only for those who see to it."""
    if not (request.user.is_safety_lead or request.user.is_admin):
        raise Http404
    rows = Report.objects.visible_to(request.user).select_related("group", "handler")
    page = Paginator(rows.open_first(), A_PAGE).get_page(request.GET.get("page"))
    parts = {"open": [row for row in page if not row.closed_at], "closed": [row for row in page if row.closed_at]}
    return render(request, "notes/reports.html", {"page": page} | parts)


@login_required
@require_safe
def report(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Opens the words. That this person read is recorded first."""
    row = _visible(request, public_id)
    return _read(request, row, CloseReportForm())


@login_required
@require_POST
def close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    row = _visible(request, public_id)
    form = CloseReportForm(request.POST)
    if not form.is_valid():
        return _read(request, row, form)
    try:
        close_report(request.user, report=row, outcome=form.cleaned_data["outcome"])
        messages.success(request, _("Closed. Whoever passed it on reads what came of it."))
    except ReportClosed as closed:
        messages.error(request, str(closed))
    return redirect("notes:reports")


def _read(request: SignedInRequest, row: Report, form: CloseReportForm) -> HttpResponse:
    try:
        words = read_report(request.user, report=row)
    except Unreadable:
        words = ""
    context = {"report": row, "words": words, "form": form, "named": _names(row)}
    return render(request, "notes/report_read.html", context, status=refused_status(form))


def _visible(request: SignedInRequest, public_id: UUID) -> Report:
    rows = Report.objects.visible_to(request.user).select_related("group", "session", "about", "reporter", "handler")
    return get_object_or_404(rows, public_id=public_id)


def _names(row: Report) -> dict[str, str]:
    """Whom it is about, as they are called in that group; and whose words they are, if they may be known."""
    seats = Membership.objects.filter(group=row.group_id or 0).order_by("pk")
    aliases = dict(seats.filter(user__in=[row.about_id or 0, row.reporter_id]).values_list("user", "alias"))
    about = (aliases.get(row.about_id or 0) or row.about.called) if row.about else ""
    by = (aliases.get(row.reporter_id) or row.reporter.called) if row.may_contact else ""
    return {"about": about, "by": by}


def _made(actor: User, thing: Thing, form: ReportForm) -> bool:
    data = form.cleaned_data
    once = data["public_id"] or uuid4()
    try:
        make_report(
            actor, words=data["words"], about=thing.about, may_contact=data["may_contact"], once=once, **thing.where
        )
    except TooManyReports as many:
        form.add_error(None, str(many))
    return form.is_valid()


# -- what it can be about ----------------------------------------------------------------------
def _thing(user: User, kind: str, key: str) -> Thing:
    """Only what this person may see; everything else is 404."""
    found = THINGS.get(kind)
    if found is None:
        raise Http404
    try:
        return found(user, key)
    except ValueError:  # not an id at all
        raise Http404 from None


def _group(user: User, slug: str) -> Thing:
    group = get_object_or_404(Group.objects.visible_to(user), slug=slug)
    return Thing(gettext_lazy("Something about this group"), where={"group": group})


def _session(user: User, key: str) -> Thing:
    session = get_object_or_404(GroupSession.objects.visible_to(user).select_related("group"), public_id=UUID(key))
    return Thing(gettext_lazy("Something about this session"), where={"session": session, "group": session.group})


def _person(user: User, key: str) -> Thing:
    """Somebody in a group whose people one may see; those who run a group can be seen by all who may see it."""
    seats = Membership.objects.belonging().select_related("group", "user").exclude(user=user)
    seat = get_object_or_404(seats.filter(group__in=Group.objects.visible_to(user)), public_id=UUID(key))
    if not (seat.runs_it or can(user, "group.members", seat.group)):
        raise Http404
    return Thing(gettext_lazy("Something about this person"), about=seat.user, where={"group": seat.group})


def _news(user: User, key: str) -> Thing:
    rows = Announcement.objects.visible_to(user).select_related("group", "author").exclude(author=user)
    news = get_object_or_404(rows, public_id=UUID(key))
    title = gettext_lazy("Something about this message")
    return Thing(title, about=news.author, where={"announcement": news, "group": news.group})


def _message(user: User, key: str) -> Thing:
    rows = Reply.objects.visible_to(user).select_related("followup__group", "author").exclude(author=user)
    with as_reader(user):
        reply = get_object_or_404(rows, public_id=UUID(key))
    title = gettext_lazy("Something about this message")
    return Thing(title, about=reply.author, where={"reply": reply, "group": reply.followup.group})


THINGS: dict[str, Callable[[User, str], Thing]] = {
    "group": _group,
    "session": _session,
    "person": _person,
    "news": _news,
    "message": _message,
}
