"""What is done with a follow-up: taking it, handing it over, closing it, and taking that back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from checkins.forms import DoneForm, HandOverForm
from checkins.models import FollowUp
from checkins.services import (
    close_followup,
    hand_back_followup,
    hand_over_followup,
    keepers_to_choose,
    leave_followup,
    reopen_followup,
    take_back_followup,
    take_followup,
)
from checkins.views.followups import may_hand_over, show_followup, visible
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, say_with_undo


@login_required
@require_POST
def take(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, take_followup, _("It is yours. Thank you."))


@login_required
@require_POST
def hand_back(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, hand_back_followup, _("Handed back. Everybody who runs the group can take it."))


@login_required
@require_POST
def reopen(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, reopen_followup, _("Back on your list."))


@login_required
@require_POST
def take_back(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _act(request, public_id, take_back_followup, _("It is yours again."))


def _act(request: SignedInRequest, public_id: UUID, service: Callable[..., FollowUp], said: str) -> HttpResponse:
    row = visible(request, public_id)
    try:
        service(request.user, followup=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("checkins:follow-ups")
    messages.success(request, said)
    return redirect("checkins:follow-up", row.public_id)


@login_required
@require_POST
def leave(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """For now: whoever left it can take that back."""
    row = visible(request, public_id)
    try:
        leave_followup(request.user, followup=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("%(name)s is off the list for now.") % {"name": row.person}
        say_with_undo(request, words, reverse("checkins:reopen", args=[row.public_id]))
    return redirect("checkins:follow-ups")


@login_required
@require_POST
def done(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Somebody has been in touch, and says how."""
    row = visible(request, public_id)
    form = DoneForm(request.POST)
    if not form.is_valid():
        return show_followup(request, row, 422, form=form)
    try:
        close_followup(request.user, followup=row, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        request.session["just_closed"] = str(row.public_id)
    return redirect("checkins:follow-ups")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """To somebody else, to another day, or both. Whoever only passes it on opens nothing, and has not "seen" it."""
    row = visible(request, public_id)
    if request.method != "POST" and not may_hand_over(request.user, row):
        messages.error(request, _("Somebody else looks after this by now."))
        return redirect("checkins:follow-ups")
    form = _hand_over_form(request, row)
    if not form.is_valid():
        context = {"row": row, "form": form}
        return render(request, "checkins/hand_over.html", context, status=refused_status(form))
    try:
        given = hand_over_followup(request.user, followup=row, to=form.keeper, due_at=form.due_at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        _say_given(request, given, dict(form.fields["to"].choices)[form.cleaned_data["to"]])  # type: ignore[attr-defined]
    return redirect("checkins:follow-ups")


def _hand_over_form(request: SignedInRequest, row: Any) -> HandOverForm:
    """Begins with who has it and its day; who fills it in stands there as one of them."""
    able = [(keeper, name) for keeper, name in keepers_to_choose([row])[row.group_id] if keeper.pk != row.about_id]
    owner = row.owner.public_id if row.owner else request.user.public_id
    initial = {"to": str(owner), "by": timezone.localdate(row.due_at)}
    return HandOverForm(posted(request), user=request.user, keepers=able, initial=initial)


def _say_given(request: SignedInRequest, given: FollowUp, name: Any) -> None:
    if given.owner_id == request.user.pk:
        messages.success(request, _("Kept. It stands on your list with its new day."))
    else:
        words = _("%(name)s has it now, and is told.") % {"name": name}
        say_with_undo(request, words, reverse("checkins:take-back", args=[given.public_id]))
