"""/follow-up/: who needs a word, for the people who run groups."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from checkins.forms import AddSomeoneForm, DoneForm, ReplyForm
from checkins.models import CheckIn, FollowUp
from checkins.querysets import FollowUpQuerySet
from checkins.services import (
    open_followup,
    quiet_for,
    reach_of,
    read_thread,
    read_words,
    see_followup,
    who_wrote_back,
    why_of,
)
from checkins.views.saying import posted
from groups.models import Membership
from notices.services import goes_out
from people.errors import Refused
from people.http import SignedInRequest, refused_status
from people.models import User
from people.policy import can

QUIET_SHOWN = 30


@login_required
@require_safe
def followup_list(request: SignedInRequest) -> HttpResponse:
    """Soonest first. Safety leads begin with everyone's: nobody's is theirs by habit."""
    user = request.user
    runs_some = Membership.objects.facilitated_by(user).exists()
    if not (runs_some or user.is_safety_lead):
        raise Http404
    show = request.GET.get("show")
    show = show if show in {"mine", "all", "done"} else ("mine" if runs_some else "all")
    rows = list(_shown(FollowUp.objects.visible_to(user), user, show).with_names())
    context = {
        "show": show,
        "rows": _with_hands(user, rows),
        "quiet": quiet_for(user)[:QUIET_SHOWN] if show != "done" else (),
        "shared": _shared_lately(user) if show != "done" else (),
        "runs_some": runs_some,
        "undo": _just_closed(request),
    }
    return render(request, "checkins/followups.html", context)


def _shown(rows: FollowUpQuerySet, user: User, show: str) -> FollowUpQuerySet:
    if show == "done":
        since = timezone.now() - timedelta(days=31)
        return rows.closed().filter(closed_at__gte=since)
    return rows.to_do().mine(user) if show == "mine" else rows.to_do()


def _with_hands(user: User, rows: Sequence[Any]) -> Sequence[Any]:
    """Each with whether it is theirs to do or to hand over, and whether the person wrote last."""
    wrote = who_wrote_back(user, rows)
    for row in rows:
        row.wrote_back = row.pk in wrote
        row.may_act = may_hand_over(user, row)
    return rows


def may_hand_over(user: User, row: Any) -> bool:
    return row.is_open and (row.owner_id in {None, user.pk} or row.keeper_is_away)


def _shared_lately(user: User) -> Any:
    """Answers somebody wants read, without a wish for contact. Names and dates only."""
    rows = CheckIn.objects.shared_with(user).to_read()
    return rows.with_names().order_by("-answered_at")[:50]


def _just_closed(request: SignedInRequest) -> FollowUp | None:
    """What "Undo" in the flash is about."""
    public_id = request.session.pop("just_closed", None)
    rows = FollowUp.objects.visible_to(request.user).filter(closed_by=request.user)
    return rows.with_names().filter(public_id=public_id).first() if public_id else None


def visible(request: SignedInRequest, public_id: UUID) -> Any:
    rows = FollowUp.objects.visible_to(request.user).with_names().select_related("about", "checkin__group")
    return get_object_or_404(rows, public_id=public_id)


@login_required
@require_safe
def followup(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Opening it is what "seen" means to the person. Words are there only when they were shared."""
    row = visible(request, public_id)
    see_followup(request.user, followup=row)
    return show_followup(request, row)


def show_followup(request: SignedInRequest, row: Any, status: int = 200, **sent: Form) -> HttpResponse:
    """The page of one, with what was `sent` standing in its form and what to put right about it."""
    user = request.user
    shared = row.checkin is not None and can(user, "checkin.read", row.checkin)
    context = {
        "row": row,
        "form": DoneForm(initial={"outcome": "wrote"} if row.hello_at else None),
        "reply_form": ReplyForm(),
        "mail_goes": goes_out(row.about, area="replies"),
        "may_hand_over": may_hand_over(user, row),
        "shared": shared,
        "words": read_words(user, checkin=row.checkin) if shared else "",
        "why": why_of(user, followup=row),
        "reach": reach_of(user, followup=row) if can(user, "followup.reach", row) else "",
        "is_mine": row.owner_id == user.pk,
        "thread": read_thread(user, followup=row) if can(user, "reply.read", row) else [],
    }
    return render(request, "checkins/followup.html", context | sent, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def followup_create(request: SignedInRequest) -> HttpResponse:
    """Put somebody on the list by hand."""
    if not Membership.objects.facilitated_by(request.user).exists():
        raise Http404
    form = AddSomeoneForm(posted(request), user=request.user)
    if form.is_valid():
        member = form.cleaned_data["member"]
        try:
            open_followup(request.user, about=member.user, group=member.group, due_at=form.due_at)
        except Refused as refusal:
            form.add_error("member", str(refusal))
        else:
            messages.success(request, _("%(name)s is on your list.") % {"name": member.alias})
            return redirect("checkins:follow-ups")
    return render(request, "checkins/followup_new.html", {"form": form}, status=refused_status(form))
