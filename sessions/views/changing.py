"""Changing a session or its series: what would come of it first, and then the button that says so."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.policy import ensure
from people.words import zone_words
from sessions.forms import ChangeForm
from sessions.models import GroupSession, Series
from sessions.services import ChangedMeanwhile, Outcome, change_sessions
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused


@login_required
@READ_AND_SEND
def session_change(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "session.change", session)
    if _is_done(request, session):
        return redirect(session)
    if not session.can_be_changed:
        words = _("What has begun or is cancelled stays as it is. A cancelled session can be put back on its page")
        return refused(request, words, session=session, status=409)
    form = ChangeForm(posted(request), session=session, actor=request.user)
    saving = form.is_bound and "preview" not in request.POST
    if saving and form.is_valid() and form.is_settled:
        try:
            return _saved(request, session, form)
        except ChangedMeanwhile:
            session = visible_session(request, public_id)
            form = ChangeForm(request.POST, session=session, actor=request.user)
        except Refused as no:
            form.add_error("local_date", str(no))
    return _page(request, session, form, asks_again=saving and form.outcome is not None)


def _page(request: SignedInRequest, session: GroupSession, form: ChangeForm, *, asks_again: bool) -> HttpResponse:
    """The hidden fields tell what the page shows now, not what was sent."""
    context: dict[str, Any] = {"session": session, "form": form, "zone": zone_words(session.time_zone)}
    outcome = form.outcome
    context |= {"outcome": outcome, "asks_again": asks_again and outcome is not None and not outcome.is_empty}
    status = refused_status(form) if form.errors else 200
    return render(request, "sessions/change.html", context, status=status)


def _is_done(request: SignedInRequest, session: GroupSession) -> bool:
    """Whether this very form was sent and done before: a second click."""
    try:
        made_as = uuid.UUID(request.POST.get("made_as", ""))
    except ValueError:
        return False
    return Series.objects.filter(group=session.group_id, public_id=made_as).exists()


def _saved(request: SignedInRequest, session: GroupSession, form: ChangeForm) -> HttpResponse:
    data = form.cleaned_data
    outcome = change_sessions(
        request.user,
        session=session,
        wish=form.wish,
        seen=data["seen"],
        said=data["said"],
        made_as=data["made_as"],
    )
    messages.success(request, _what_happened(outcome))
    return redirect("home:workspace", slug=session.group.slug) if outcome.rule else redirect(session)


def _what_happened(outcome: Outcome) -> str:
    if outcome.is_empty:
        return _("That is how it stands")
    if outcome.moved or outcome.surplus or outcome.again:
        return _("Changed. Whoever it concerns is told")
    return _("Changed. The times stay, so nobody is told")
