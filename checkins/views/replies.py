"""The thread in a follow-up: the page of the person, and the box of whoever looks after it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from checkins.forms import ReplyForm
from checkins.models import FollowUp
from checkins.services import own_reply, read_thread, take_back_reply, who_answers, write_reply
from checkins.views.followups import show_followup, visible
from checkins.views.saying import posted
from notices.services import goes_out
from people.errors import Refused
from people.http import SignedInRequest, refused_status
from people.policy import can


@login_required
@require_POST
def write(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """To the person. What cannot be sent stays in its box."""
    row = visible(request, public_id)
    form = ReplyForm(request.POST)
    if form.is_valid() and sent(request, row, form):
        messages.success(request, said_of_sent(row))
        return redirect("checkins:follow-up", row.public_id)
    return show_followup(request, visible(request, public_id), 422, reply_form=form)


def said_of_sent(row: FollowUp) -> str:
    if goes_out(row.about, area="replies"):
        return _("Sent. They are told that there is a message, and nothing of what it says.")
    return _("Sent. They read it when they next look in here.")


def sent(request: SignedInRequest, row: FollowUp, form: ReplyForm) -> bool:
    """Whether it was written. What stands in the way is said over the words, which stay."""
    try:
        write_reply(request.user, followup=row, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The person's own page. It does not exist before they asked for somebody, or were written to."""
    row = _own(request, public_id)
    lines = read_thread(request.user, followup=row)
    if not (lines or row.is_known_to_person):
        raise Http404
    form = ReplyForm(posted(request))
    if form.is_valid() and sent(request, row, form):
        messages.success(request, _("Sent."))
        return redirect("checkins:replies", row.public_id)
    context = {
        "row": row,
        "thread": lines,
        "reply_form": form,
        "answering": who_answers(row),
        "may_write": row.is_open and can(request.user, "reply.write", row),
    }
    return render(request, "checkins/replies.html", context, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Asked once, because nothing brings the words back."""
    found = own_reply(request.user, public_id)
    if found is None:
        raise Http404
    reply, words = found
    way_back = _thread_of(request, reply.followup)
    if reply.taken_back_at:
        messages.info(request, _("You took that back already. Its words are gone."))
        return redirect(way_back)
    if request.method == "POST":
        take_back_reply(request.user, reply=reply)
        messages.success(request, _("Taken back. Its words are gone, for you and for everybody else."))
        return redirect(way_back)
    return render(request, "checkins/take_back.html", {"reply": reply, "words": words, "way_back": way_back})


def _thread_of(request: SignedInRequest, followup: FollowUp) -> str:
    """Where it stands, or home when that cannot be read any more."""
    if request.user.pk != followup.about_id:
        return reverse("checkins:follow-up", args=[followup.public_id])
    readable = can(request.user, "reply.read", followup)
    return reverse("checkins:replies", args=[followup.public_id]) if readable else reverse("home:home")


def _own(request: SignedInRequest, public_id: UUID) -> Any:
    rows = FollowUp.objects.filter(about=request.user).with_names().select_related("about")
    row = get_object_or_404(rows, public_id=public_id)
    if not can(request.user, "reply.read", row):
        raise Http404
    return row
