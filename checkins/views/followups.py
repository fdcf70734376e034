"""/follow-up/: who needs a word, for the people who run groups."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from checkins.forms import AddSomeoneForm, DoneForm
from checkins.models import CheckIn, FollowUp
from checkins.querysets import FollowUpQuerySet
from checkins.services import (
    close_followup,
    hand_back_followup,
    open_followup,
    reach_of,
    read_words,
    reopen_followup,
    see_followup,
    take_followup,
    why_of,
)
from checkins.views.saying import posted
from groups.models import Membership
from people.errors import Refused
from people.http import SignedInRequest, refused_status
from people.policy import can

SHARED_LATELY = timedelta(days=14)


@login_required
@require_GET
def followup_list(request: SignedInRequest) -> HttpResponse:
    """Soonest first. Safety leads begin with everyone's: nobody's is theirs by habit."""
    user = request.user
    runs_some = Membership.objects.facilitated_by(user).exists()
    if not (runs_some or user.is_safety_lead):
        raise Http404
    show = request.GET.get("show")
    show = show if show in {"mine", "all", "done"} else ("mine" if runs_some else "all")
    context = {
        "show": show,
        "rows": _shown(FollowUp.objects.visible_to(user), user, show).with_names(),
        "shared": _shared_lately(user),
        "runs_some": runs_some,
        "undo": _just_closed(request),
    }
    return render(request, "checkins/followups.html", context)


def _shown(rows: FollowUpQuerySet, user: Any, show: str) -> FollowUpQuerySet:
    if show == "done":
        since = timezone.now() - timedelta(days=31)
        return rows.closed().filter(closed_at__gte=since)
    return rows.to_do().mine(user) if show == "mine" else rows.to_do()


def _shared_lately(user: Any) -> Any:
    """Answers somebody wants read, without a wish for contact. Names and dates only."""
    since = timezone.now() - SHARED_LATELY
    rows = CheckIn.objects.shared_with(user).without_followup().filter(answered_at__gte=since)
    return rows.with_names().order_by("-answered_at")[:50]


def _just_closed(request: SignedInRequest) -> FollowUp | None:
    """What "Undo" in the flash is about."""
    public_id = request.session.pop("just_closed", None)
    rows = FollowUp.objects.visible_to(request.user).filter(closed_by=request.user)
    return rows.with_names().filter(public_id=public_id).first() if public_id else None


def _visible(request: SignedInRequest, public_id: UUID) -> FollowUp:
    rows = FollowUp.objects.visible_to(request.user).with_names().select_related("about", "checkin__group")
    return get_object_or_404(rows, public_id=public_id)


@login_required
@require_GET
def followup(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Opening it is what "seen" means to the person. Words are there only when they were shared."""
    row = _visible(request, public_id)
    see_followup(request.user, followup=row)
    return render(request, "checkins/followup.html", _page(request, row, DoneForm()))


def _page(request: SignedInRequest, row: FollowUp, form: DoneForm) -> dict[str, Any]:
    shared = row.checkin is not None and can(request.user, "checkin.read", row.checkin)
    words = read_words(request.user, checkin=row.checkin) if shared and row.checkin else ""
    return {
        "row": row,
        "form": form,
        "shared": shared,
        "words": words,
        "why": why_of(request.user, followup=row),
        "reach": reach_of(request.user, followup=row) if can(request.user, "followup.reach", row) else "",
        "is_mine": row.owner_id == request.user.pk,
    }


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


def _act(request: SignedInRequest, public_id: UUID, service: Callable[..., FollowUp], said: str) -> HttpResponse:
    row = _visible(request, public_id)
    try:
        service(request.user, followup=row)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("checkins:follow-ups")
    messages.success(request, said)
    return redirect("checkins:follow-up", row.public_id)


@login_required
@require_http_methods(["POST"])
def done(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Somebody has been in touch, and says how."""
    row = _visible(request, public_id)
    form = DoneForm(request.POST)
    if not form.is_valid():
        return render(request, "checkins/followup.html", _page(request, row, form), status=refused_status(form))
    try:
        close_followup(request.user, followup=row, outcome=form.cleaned_data["outcome"])
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        request.session["just_closed"] = str(row.public_id)
    return redirect("checkins:follow-ups")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def followup_create(request: SignedInRequest) -> HttpResponse:
    """Put somebody on the list by hand."""
    if not Membership.objects.facilitated_by(request.user).exists():
        raise Http404
    form = AddSomeoneForm(posted(request), user=request.user)
    if form.is_valid():
        member = form.cleaned_data["member"]
        open_followup(request.user, about=member.user, group=member.group, due_at=form.due_at)
        messages.success(request, _("%(name)s is on your list.") % {"name": member.alias})
        return redirect("checkins:follow-ups")
    return render(request, "checkins/followup_new.html", {"form": form}, status=refused_status(form))
