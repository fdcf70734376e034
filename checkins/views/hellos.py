"""A hello: choosing one that is already written, and answering one with a tap."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from checkins.forms import HelloForm, ReplyForm, SaidForm
from checkins.models import FollowUp
from checkins.services import (
    answer_hello,
    chat_of,
    is_quiet,
    read_thread,
    send_hello,
    send_hello_to_quiet,
    who_answers,
)
from checkins.views.followups import visible
from checkins.views.saying import posted
from groups.models import Membership
from notices.services import goes_out
from people.errors import Refused
from people.http import SignedInRequest, refused_status
from people.models import User
from people.policy import can

KINDS = {FollowUp.Cause.MISSED: "missed", FollowUp.Cause.FIRST: "first"}
WAYS_OUT = {FollowUp.Said.REST: "groups:pause", FollowUp.Said.LEAVE: "groups:leave"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hello_create(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Choose one of three, and send it as it is or change it first."""
    row = visible(request, public_id)
    kind = KINDS.get(row.cause, "plain")
    facts = _facts(row.person, row.about)
    return _choose(request, kind, facts, lambda **said: send_hello(request.user, followup=row, **said))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hello_quiet(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The same for somebody from the quiet list, who is put on the work list with it."""
    run = Membership.objects.facilitated_by(request.user).values("group_id")
    seats = Membership.objects.members().filter(group__in=run).exclude(user=request.user)
    seat = get_object_or_404(seats.select_related("group", "user"), public_id=public_id)
    if request.method != "POST" and not is_quiet(request.user, seat):
        messages.info(request, _("They have been here since, or somebody is in touch with them already."))
        return redirect("checkins:follow-ups")
    facts = _facts(seat.alias, seat.user)
    return _choose(
        request, "missed", facts, lambda words, **_once: send_hello_to_quiet(request.user, membership=seat, words=words)
    )


def _facts(name: str, person: User) -> dict[str, Any]:
    return {"name": name, "mail_goes": goes_out(person, area="replies")}


def _choose(request: SignedInRequest, kind: str, facts: dict[str, Any], send: Callable[..., Any]) -> HttpResponse:
    """Chosen and sent; or chosen, put into a box to be changed, and sent from there."""
    edits = "words" in request.POST
    form = HelloForm(None if edits else posted(request), kind=kind, initial={"hello": "0"})
    box = ReplyForm(request.POST) if edits else None
    if form.is_valid() and "change" in request.POST:
        again = ReplyForm(initial={"words": form.words})
        return render(request, "checkins/hello_new.html", facts | _forms(form, again))
    filled = box if box is not None else form
    if filled.is_valid():
        try:
            words = box.cleaned_data["words"] if box is not None else form.words
            send(words=words, once=filled.cleaned_data["once"])
        except Refused as refusal:
            filled.add_error(None, str(refusal))
        else:
            messages.success(request, _("Sent. %(name)s need not answer.") % facts)
            return redirect("checkins:follow-ups")
    return render(request, "checkins/hello_new.html", facts | _forms(form, box), status=refused_status(filled))


def _forms(form: HelloForm, box: ReplyForm | None) -> dict[str, Any]:
    return {"choose": form, "box": box, "form": box if box is not None else form}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hello(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What the person is sent, and four ways to answer it. They need none of them."""
    rows = FollowUp.objects.filter(about=request.user).with_names().select_related("about")
    row = get_object_or_404(rows, public_id=public_id)
    if not can(request.user, "hello.answer", row):
        messages.info(request, _("There is nothing you have to do here."))
        return redirect("home:home")
    form = SaidForm(posted(request))
    if form.is_valid():
        return _say(request, row, form.cleaned_data["said"])
    context = {
        "row": row,
        "form": form,
        "thread": read_thread(request.user, followup=row) if can(request.user, "reply.read", row) else [],
        "answering": who_answers(row),
        "chat": chat_of(row),
        "choices": FollowUp.Said.choices,
    }
    return render(request, "checkins/hello.html", context, status=refused_status(form))


def _say(request: SignedInRequest, row: Any, said: str) -> HttpResponse:
    try:
        answer_hello(request.user, followup=row, said=said)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if said in WAYS_OUT:
            return redirect(WAYS_OUT[FollowUp.Said(said)], row.group.slug)
        messages.success(request, _("Kept. Thank you."))
    return redirect("checkins:hello", row.public_id)
