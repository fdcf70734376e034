"""What members do: see their sessions, answer for a seat, go through the door."""

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.http import SignedInRequest
from people.policy import can
from people.words import zone_words
from sessions.models import GroupSession
from sessions.services import (
    AgreementFirst,
    DoorShut,
    kept_of,
    knows_place,
    leaders_of,
    open_door,
    room_of,
    with_leaders,
)
from sessions.views.after import after_of
from sessions.views.getting_there import getting_there
from sessions.views.pages import visible_session
from sessions.views.refusals import refused
from sessions.views.standing import rows_of, standing_of

COMING, SOON, LAST = 30, 6, 5


@login_required
@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    coming = list(GroupSession.objects.visible_to(request.user).upcoming().with_counts()[: COMING + 1])
    last = list(GroupSession.objects.latest_of(request.user, LAST).with_counts())
    prefetch_related_objects(coming + last, "group")  # a few groups with many sessions each
    rows = rows_of(request.user, with_leaders(coming[:COMING]) + last)
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
    sessions = (
        GroupSession.objects.visible_to(request.user).with_counts().with_leader().select_related("group", "series")
    )
    session = get_object_or_404(sessions, public_id=public_id)
    standing = standing_of(request.user, session)
    context = {"session": session, "standing": standing, "leaders": leaders_of(session)}
    if standing.leads_it and not session.is_cancelled and not session.is_over:
        room = room_of(session) if knows_place(request.user, session) else None
        context |= {"calls": session.cover_calls.to_answer(), "room": room}
    context |= getting_there(request.user, session)
    if session.is_over and not session.is_cancelled:
        context["after"] = after_of(request.user, session)
    if session.state == GroupSession.State.HELD and can(request.user, "closing.read", session):
        context["kept"] = kept_of(request.user, session=session)
    return render(request, "sessions/detail.html", context)


@login_required
@require_safe
def door(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Out of here and into the video room (docs/decisions: the door is a link).

    A link and not a form: the policy's form-action would stop a form from being redirected to another
    site. It changes nothing, and leaves an audit entry.
    """
    session = visible_session(request, public_id)
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
