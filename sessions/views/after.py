"""What is left of a session: the summary for those who were there, and how it was for them."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from people.errors import Refused
from people.http import SignedInRequest
from people.models import User
from people.policy import can, ensure
from sessions.forms import FeedbackForm, SeenForm, SummaryForm
from sessions.models import Feedback, GroupSession, Summary
from sessions.services import (
    FeedbackClosed,
    SummaryChanged,
    feedback_is_open,
    give_feedback,
    has_said,
    hear_feedback,
    heard_from,
    keep_summary,
    read_summary,
    share_summary,
    take_back_summary,
)
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused


@dataclass(frozen=True)
class After:
    """What the card of a session that is over offers to one reader."""

    leads: bool
    runs: bool
    may_say: bool
    said: bool
    summary: Summary | None


def after_of(reader: User, session: GroupSession) -> After:
    leads, asked = can(reader, "summary.keep", session), can(reader, "feedback.give", session)
    said = asked and has_said(reader, session)
    summary = Summary.objects.visible_to(reader).filter(session=session).defer("words", "agreed").first()
    open_now = asked and not said and feedback_is_open(session)
    return After(leads, can(reader, "feedback.read", session), open_now, said, summary)


@login_required
@require_safe
def summary(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The words, for whoever may read them. A draft is for those who lead, with what they can do about it."""
    session = visible_session(request, public_id)
    leads = can(request.user, "summary.keep", session)
    row = Summary.objects.visible_to(request.user).filter(session=session).select_related("session").first()
    if row is None and leads:
        return redirect("sessions:summary-edit", public_id=session.public_id)
    if row is None:
        raise Http404
    words = read_summary(request.user, summary=row)
    context = {"session": session, "summary": row, "words": words, "leads": leads}
    context["form"] = SeenForm(initial={"seen": row.written_at})
    return render(request, "sessions/summary.html", context)


@login_required
@READ_AND_SEND
def summary_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "summary.keep", session)
    if request.method != "POST":
        return _summary_form(request, session, SummaryForm(initial=_standing(request, session)))
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _summary_form(request, session, form, status=422)
    try:
        keep_summary(request.user, session=session, **form.cleaned_data)
    except SummaryChanged as no:
        return _summary_form(request, session, _again(request, session, str(no)), status=409, theirs=True)
    except Refused as no:
        return refused(request, no, session=session, status=409)
    messages.success(request, _("Saved"))
    return redirect("sessions:summary", public_id=session.public_id)


@login_required
@require_POST
def summary_share(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "summary.keep", session)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else None
    try:
        share_summary(request.user, session=session, seen=seen)
        messages.success(request, _("Shared. Whoever was there can read it now"))
    except Refused as no:
        messages.info(request, str(no))
    return redirect("sessions:summary", public_id=session.public_id)


@login_required
@require_POST
def summary_take_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    take_back_summary(request.user, session=session)
    messages.success(request, _("Taken back. It is a draft again"))
    return redirect("sessions:summary", public_id=session.public_id)


@login_required
@READ_AND_SEND
def feedback(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Say how it was. Once sent, nothing of it comes back to a page."""
    session = visible_session(request, public_id)
    ensure(request.user, "feedback.give", session)
    form = FeedbackForm(request.POST if request.method == "POST" else None)
    context = {"session": session, "form": form, "levels": Feedback.Level.choices[::-1]}
    context["said"], context["open"] = has_said(request.user, session), feedback_is_open(session)
    if not form.is_valid():
        return render(request, "sessions/feedback.html", context, status=422 if form.errors else 200)
    try:
        give_feedback(request.user, session=session, answers=form.answers)
    except FeedbackClosed as no:
        return refused(request, no, session=session, status=409)
    except Refused as no:
        messages.info(request, str(no))
    else:
        messages.success(request, _("Thank you for saying. Nobody sees which answers are yours"))
    return redirect(session)


@login_required
@require_safe
def how_it_was(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What people said, for those who run the group."""
    session = visible_session(request, public_id)
    heard = hear_feedback(request.user, session=session)
    context = {"session": session, "heard": heard, "any": any(one.answers for one in heard)}
    return render(request, "sessions/how_it_was.html", context | {"heard_from": heard_from(session)})


def _standing(request: SignedInRequest, session: GroupSession) -> dict[str, object]:
    row = Summary.objects.filter(session=session).select_related("session").first()
    if row is None:
        return {}
    words = read_summary(request.user, summary=row)
    return {"about": words.about, "agreed": words.agreed, "seen": row.written_at}


def _again(request: SignedInRequest, session: GroupSession, why: str) -> SummaryForm:
    """What was typed, sent again from what stands now."""
    row = get_object_or_404(Summary, session=session)
    data = request.POST.copy()
    data["seen"] = row.written_at.isoformat()
    form = SummaryForm(data)
    form.add_error(None, why)
    return form


def _summary_form(
    request: SignedInRequest, session: GroupSession, form: SummaryForm, *, status: int = 200, theirs: bool = False
) -> HttpResponse:
    summary = Summary.objects.visible_to(request.user).filter(session=session).defer("words", "agreed").first()
    context = {"session": session, "form": form, "summary": summary}
    if theirs:
        context["theirs"] = _standing(request, session)
    return render(request, "sessions/summary_form.html", context, status=status)
