"""Answering for one's own seat: this once, every time, and taking an answer back."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from groups.models import Membership
from people.errors import Refused
from people.http import SignedInRequest, safe_next, say_with_undo
from people.models import User
from sessions.forms import EveryTimeForm, SeatForm
from sessions.models import GroupSession, Seat, StandingSeat
from sessions.services import (
    NotInTheGroup,
    TooLateToUndo,
    Was,
    answer_seat,
    come_every_time,
    stop_coming_every_time,
    take_offer,
    undo_answer,
    undo_stopping,
)
from sessions.views.pages import READ_AND_SEND
from sessions.views.refusals import refused
from sessions.views.standing import standing_of

UNDO = "seat_undo"
State = Seat.State
ANSWERS: dict[str, Callable[..., Seat]] = {
    "going": partial(answer_seat, going=True),
    "declined": partial(answer_seat, going=False),
    "take": take_offer,
}


@login_required
@READ_AND_SEND
def seat(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Answer for one's own seat. Somebody who had to sign in on the way comes back with GET: to the question."""
    session = _session_to_answer(request, public_id)
    if session is None:
        return _has_gone(request)
    form = SeatForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect(session)
    was = Was.of(session.seats.filter(user=request.user).first())
    try:
        answered = ANSWERS[form.cleaned_data["answer"]](request.user, session=session)
    except NotInTheGroup:
        return _has_gone(request)
    except Refused as no:
        return _not_now(request, no, session)
    _say(request, session, was, answered)
    return redirect(safe_next(request, session.get_absolute_url()))


@login_required
@require_POST
def seat_undo(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Put back what stood before the last answer, which was given in this same sitting."""
    session = _session_to_answer(request, public_id)
    if session is None:
        return _has_gone(request)
    kept = request.session.pop(UNDO, {})
    try:
        if kept.pop("session", "") != str(session.public_id):
            raise TooLateToUndo(_("There is nothing to undo here now"))
        back = undo_answer(request.user, session=session, was=Was(**kept))
    except NotInTheGroup:
        return _has_gone(request)
    except Refused as no:
        return _not_now(request, no, session)
    unsaid = back.state == State.DECLINED and not back.said_no
    messages.success(request, _("Undone. You have not answered yet") if unsaid else _what_stands(back))
    return redirect(safe_next(request, session.get_absolute_url()))


@login_required
@require_POST
def every_time(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Come to every session of this one's series, or not any more."""
    session = _session_to_answer(request, public_id)
    form = EveryTimeForm(request.POST)
    if session is None:
        return _has_gone(request)
    if session.series is None or not form.is_valid():
        return redirect(session)
    if form.cleaned_data["keep"] == "yes":
        return _come(request, session, partial(come_every_time, series=session.series))
    words = _given_back(stop_coming_every_time(request.user, series=session.series))
    say_with_undo(request, words, reverse("sessions:every-time-again", args=[session.public_id]))
    return redirect(session)


@login_required
@require_POST
def every_time_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Undo having stopped: the old place in the order, and seats where there still are any, else a place in line."""
    session = _session_to_answer(request, public_id)
    if session is None:
        return _has_gone(request)
    if session.series is None:
        return redirect(session)
    return _come(request, session, partial(undo_stopping, series=session.series))


def _come(request: SignedInRequest, session: GroupSession, come: Callable[[User], StandingSeat]) -> HttpResponse:
    try:
        come(request.user)
    except NotInTheGroup:
        return _has_gone(request)
    except Refused as no:
        return _not_now(request, no, session)
    messages.success(request, _("You have a seat every time from now on, or a place in line"))
    return redirect(safe_next(request, session.get_absolute_url()))


def _session_to_answer(request: SignedInRequest, public_id: str) -> GroupSession | None:
    """The session, None for somebody who left its group, and 404 for everybody else."""
    sessions = GroupSession.objects.visible_to(request.user).select_related("series")
    session = sessions.filter(public_id=public_id).first()
    if session is None and not _has_left(request, public_id):
        raise Http404
    return session


def _has_left(request: HttpRequest, public_id: str) -> bool:
    left = Membership.objects.filter(user=request.user.pk, state=Membership.State.LEFT)
    return left.filter(group__sessions__public_id=public_id).exists()


def _has_gone(request: SignedInRequest) -> HttpResponse:
    return refused(request, _("You are not in this group any more"), session=None, status=404)


def _not_now(request: SignedInRequest, why: Refused, session: GroupSession) -> HttpResponse:
    """Why not, and under it the card of this session as it stands now: what is possible instead."""
    counted = GroupSession.objects.with_counts().select_related("group", "series").get(pk=session.pk)
    context = {"why": str(why), "session": counted, "standing": standing_of(request.user, counted)}
    return render(request, "sessions/not_now.html", context, status=409)


def _say(request: SignedInRequest, session: GroupSession, was: Was, seat: Seat) -> None:
    """What stands now, with Undo while it can be undone: not once the seat is held for somebody else."""
    request.session.pop(UNDO, None)
    gone_on = seat.said_no and was.state in {State.GOING, State.OFFERED} and _is_held_for_others(session)
    if gone_on:
        messages.success(request, _("Thank you for saying. Your seat goes to the next person in line"))
    elif was.state == seat.state and was.said:
        messages.success(request, _what_stands(seat))
    else:
        request.session[UNDO] = {"session": str(session.public_id), **was.plain}
        say_with_undo(request, _what_stands(seat), reverse("sessions:seat-undo", args=[session.public_id]))


def _is_held_for_others(session: GroupSession) -> bool:
    return session.seats.filter(state=State.OFFERED).exists()


def _what_stands(seat: Seat) -> str:
    return {
        State.GOING.value: _("Your seat is kept"),
        State.WAITING.value: _("You are in line. We write as soon as a seat opens"),
        State.OFFERED.value: _("The seat is held for you"),
    }.get(seat.state, _("Thank you for saying. You can change your mind up to the start"))


def _given_back(count: int) -> str:
    if not count:
        return _("You answer for each session by itself from now on")
    words = ngettext(
        "You answer for each session by itself from now on. %(count)s seat goes to others",
        "You answer for each session by itself from now on. %(count)s seats go to others",
        count,
    )
    return words % {"count": count}
