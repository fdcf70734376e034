"""Before and during a session: the checklist, "I am here", and the run sheet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.models import Membership
from people.http import SignedInRequest, posted, refused_status, safe_next
from people.policy import ensure
from sessions.forms import ChecksForm, PageForm
from sessions.models import GroupSession
from sessions.services import (
    NotTheTime,
    checklist,
    colleague_of,
    keep_checks,
    leaders_of,
    opened,
    say_here,
    turn_page,
)
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused
from sessions.views.sheet import GUEST, RunSheet


@login_required
@READ_AND_SEND
def run_sheet(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Opening it within the hour before the start says that a host is there. Times are on the group's clock."""
    session = _led(request, public_id)
    if session.is_cancelled:
        return refused(request, _("This session is cancelled, so there is no run sheet"), session=session, status=409)
    page = RunSheet(request.user, session)
    form = PageForm(posted(request), people=page.choices() if page.is_live else ())
    try:
        if form.is_valid():
            return _turned(request, session, form)
    except NotTheTime as no:
        return refused(request, no, session=session, status=409)
    if request.method != "POST":
        opened(session, request.user)
    with timezone.override(session.zone):
        context = {"session": session, "page": page, "form": form}
        return render(request, "sessions/run_sheet.html", context, status=refused_status(form))


@login_required
@READ_AND_SEND
def before(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The checklist on a page of its own. Today shows the same one."""
    session = _led(request, public_id)
    checks = checklist(request.user, session, colleague=colleague_of(request.user, leaders_of(session)))
    form = ChecksForm(posted(request), checks=checks)
    try:
        if form.is_valid():
            ticked, shown = form.cleaned_data["done"], form.cleaned_data["was"]
            keep_checks(request.user, session=session, ticked=ticked, shown=shown)
            messages.success(request, _("The list is saved"))
            return redirect(safe_next(request, reverse("sessions:before", args=[session.public_id])))
    except NotTheTime as no:
        return refused(request, no, session=session, status=409)
    context = {"session": session, "checks": checks, "form": form}
    return render(request, "sessions/before.html", context, status=refused_status(form))


@login_required
@require_POST
def here(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = _led(request, public_id)
    try:
        say_here(request.user, session=session)
    except NotTheTime as no:
        return refused(request, no, session=session, status=409)
    messages.success(request, _("Noted: somebody is there to lead"))
    return redirect(safe_next(request, session.get_absolute_url()))


def _led(request: SignedInRequest, public_id: str) -> GroupSession:
    """A session that this person leads: 404 where they may not know of it, 403 for those who come to it."""
    session = visible_session(request, public_id)
    ensure(request.user, "evening.lead", session)
    return session


def _turned(request: SignedInRequest, session: GroupSession, form: PageForm) -> HttpResponse:
    sent = form.cleaned_data
    who = _person(session, sent["who"]) if sent["do"] == "put" else None
    _sheet, moved = turn_page(request.user, session=session, do=sent["do"], count=sent["count"], who=who)
    if not moved:
        messages.info(request, _("The sheet had moved on already. This is where you are now"))
    return redirect("sessions:run-sheet", public_id=session.public_id)  # to its top: help is one tap away there


def _person(session: GroupSession, key: str) -> int | None:
    if key == GUEST:
        return None
    return Membership.objects.values_list("user_id", flat=True).get(group=session.group_id, public_id=key)
