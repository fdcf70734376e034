"""What members do: see their sessions, answer for a seat, go through the door."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.models import Membership
from people.errors import Refused
from people.http import SignedInRequest, safe_next
from people.words import zone_words
from sessions.forms import SeatForm
from sessions.models import GroupSession, Seat
from sessions.services import AgreementFirst, DoorShut, NotInTheGroup, answer_seat, leaders_of, open_door, room_of
from sessions.views.after import after_of
from sessions.views.getting_there import getting_there
from sessions.views.refusals import refused
from sessions.views.standing import rows_of, standing_of

COMING, SOON, LAST = 30, 6, 5


@login_required
@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    mine = GroupSession.objects.visible_to(request.user).with_counts().with_leader().select_related("group")
    coming = list(mine.upcoming()[: COMING + 1])
    last = list(mine.past()[:LAST])
    rows = rows_of(request.user, coming[:COMING] + last)
    shown = {row.session.pk for row in rows}
    ahead = len([session for session in coming[:COMING] if session.pk in shown])
    context = {
        "coming": rows[:ahead][:SOON],
        "later": rows[SOON:ahead],
        "last": rows[ahead:],
        "more": len(coming) > COMING,
        "zone": zone_words(timezone.get_current_timezone_name()),
    }
    return render(request, "sessions/list.html", context)


@login_required
@require_safe
def session_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    sessions = GroupSession.objects.visible_to(request.user).with_counts().with_leader().select_related("group")
    session = get_object_or_404(sessions, public_id=public_id)
    standing = standing_of(request.user, session)
    context = {"session": session, "standing": standing, "leaders": leaders_of(session)}
    if standing.leads_it and not session.is_cancelled and not session.is_over:
        context |= {"calls": session.cover_calls.to_answer(), "room": room_of(session)}
    context |= getting_there(request.user, session)
    if session.is_over and not session.is_cancelled:
        context["after"] = after_of(request.user, session)
    return render(request, "sessions/detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Answer for one's own seat. Somebody who had to sign in on the way comes back with GET: to the question."""
    session = _session_to_answer(request, public_id)
    if session is None:
        return refused(request, _("You are not in this group any more"), session=None, status=404)
    form = SeatForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect(session)
    try:
        seat = answer_seat(request.user, session=session, going=form.cleaned_data["answer"] == "going")
    except NotInTheGroup as no:
        return refused(request, no, session=None, status=404)
    except Refused as no:
        return refused(request, no, session=session, status=409)
    messages.success(request, _what_stands(seat))
    return redirect(safe_next(request, session.get_absolute_url()))


@login_required
@require_safe
def door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Out of here and into the video room (docs/decisions: the door is a link).

    A link and not a form: the policy's form-action would stop a form from being redirected to another
    site. It changes nothing, and leaves an audit entry.
    """
    session = get_object_or_404(
        GroupSession.objects.visible_to(request.user).select_related("group"), public_id=public_id
    )
    try:
        url = open_door(request.user, session=session)
    except AgreementFirst:
        return redirect(f"{reverse('groups:agreement', args=[session.group.slug])}?next={session.get_absolute_url()}")
    except DoorShut as shut:
        return refused(request, shut, session=session, status=403)
    return ThroughTheDoor(url, headers={"Referrer-Policy": "no-referrer"})


class ThroughTheDoor(HttpResponseRedirect):
    """See other: what is over there is another page, to be fetched and not to be posted to."""

    status_code = 303
    allowed_schemes = ["https"]


def _session_to_answer(request: SignedInRequest, public_id: str) -> GroupSession | None:
    """The session, None for somebody who left its group, and 404 for everybody else."""
    session = GroupSession.objects.visible_to(request.user).filter(public_id=public_id).first()
    if session is None and not _has_left(request, public_id):
        raise Http404
    return session


def _has_left(request: HttpRequest, public_id: str) -> bool:
    left = Membership.objects.filter(user=request.user.pk, state=Membership.State.LEFT)
    return left.filter(group__sessions__public_id=public_id).exists()


def _what_stands(seat: Seat) -> str:
    if seat.state == Seat.State.GOING:
        return _("Your seat is kept")
    if seat.state == Seat.State.WAITING:
        return _("You are in line. We write as soon as a seat opens")
    return _("Thank you for saying. You can change your mind up to the start")
