"""Who leads a session and where, who may be asked to step in, and "I can't make it"."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from groups.models import Group
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, safe_next
from people.policy import can, ensure
from sessions.forms import HostsForm, StandInForm
from sessions.models import CoverCall, GroupSession, StandIn
from sessions.services import (
    CallIsClosed,
    DoubleBooked,
    TooLateForCover,
    add_stand_in,
    ask_cover,
    ask_others_at,
    clashes,
    colleague_of,
    cut_off,
    decline_cover,
    drop_stand_in,
    first_asked,
    is_too_small,
    leaders_of,
    may_be_asked,
    said_of,
    set_hosts,
    take_cover,
    withdraw_cover,
)
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused


@login_required
@READ_AND_SEND
def hosts(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "session.host", session)
    form = HostsForm(posted(request), session=session)
    found: list[str] = []
    if form.is_valid():
        try:
            set_hosts(request.user, session=session, **form.values)
            _say_what_stands(request, session, form)
            return redirect(session)
        except DoubleBooked as no:
            found = _clashes(request, session, form)
            form.add_error("room" if no.kind == "room" else None, str(no))
        except Refused as no:
            form.add_error(None, str(no))
    context = {"session": session, "form": form, "found": found, "calls": session.cover_calls.open()}
    return render(request, "sessions/hosts.html", context, status=refused_status(form))


@login_required
@READ_AND_SEND
def cover(request: SignedInRequest, public_id: str) -> HttpResponse:
    """ "I can't make it". Looked at, it says who is asked and what happens then; sent, it asks."""
    session = visible_session(request, public_id)
    if can(request.user, "session.host", session) and not can(request.user, "cover.ask", session):
        return refused(request, _("You are not down to lead this one"), session=session, status=409)
    ensure(request.user, "cover.ask", session)
    asked = session.cover_calls.open().filter(asked_by=request.user).first()
    if request.method == "POST" and asked is None:
        try:
            asked = ask_cover(request.user, session=session)
        except TooLateForCover as no:
            return refused(request, no, session=session, status=409)
        messages.success(request, _("Thank you for saying so. You have nothing else to do: others are asked"))
    if asked:
        return redirect("sessions:cover-call", public_id=asked.public_id)
    now = timezone.now()
    until = cut_off(session, now)
    call = CoverCall(session=session, asked_by=request.user, until=until, others_at=ask_others_at(session, now))
    context = {"session": session, "until": until, "too_late": session.is_cancelled or until <= now}
    return render(request, "sessions/cover_ask.html", context | _what_follows(call, now))


@login_required
@require_safe
def call(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    asked = _call(request, public_id)
    context = {
        "call": asked,
        "session": asked.session,
        "until": asked.until,
        "is_mine": asked.asked_by == request.user,
        "taken_by_me": asked.taken_by == request.user,
        "can_take": asked.can_be_taken and can(request.user, "cover.take", asked),
        "can_decline": asked.can_be_taken and can(request.user, "cover.decline", asked),
        "declined_by_me": asked.declined_by_id == request.user.pk,
        "sees_session": GroupSession.objects.visible_to(request.user).filter(pk=asked.session_id).exists(),
        "own_place": StandIn.objects.filter(group=asked.session.group_id, user=request.user).first(),
    }
    return render(request, "sessions/cover.html", context | _what_follows(asked, timezone.now()))


@login_required
@require_POST
def cover_take(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    asked = _call(request, public_id)
    try:
        take_cover(request.user, call=asked)
    except (CallIsClosed, DoubleBooked) as no:
        return refused(request, no, session=None, status=409)
    messages.success(request, _("It is yours. Thank you for stepping in"))
    return redirect(asked.session)


@login_required
@require_POST
def cover_decline(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The second one cannot lead it: the others are asked without waiting any longer."""
    asked = _call(request, public_id)
    try:
        decline_cover(request.user, call=asked)
    except CallIsClosed as no:
        return refused(request, no, session=None, status=409)
    messages.success(request, _("Thank you for saying so. The others are asked now"))
    return redirect("sessions:cover-call", public_id=public_id)


@login_required
@require_POST
def cover_withdraw(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    asked = _call(request, public_id)
    try:
        withdraw_cover(request.user, call=asked)
    except CallIsClosed as no:
        return refused(request, no, session=None, status=409)
    messages.success(request, _("You lead it after all. Nobody is asked any more"))
    return redirect(safe_next(request, asked.session.get_absolute_url()))


@login_required
@READ_AND_SEND
def stand_ins(request: SignedInRequest, slug: str) -> HttpResponse:
    """The list of one group. It does not exist for anybody who does not run it."""
    group = get_object_or_404(Group.objects.run_by(request.user).beyond_pairs(), slug=slug)
    form = StandInForm(posted(request), group=group)
    if form.is_valid():
        try:
            row = add_stand_in(request.user, group=group, person=form.chosen)
            messages.success(request, _("%(name)s is asked from now on") % {"name": row.user.called})
            return redirect("sessions:stand-ins", slug=group.slug)
        except Refused as no:
            form.add_error("person", str(no))
    rows = group.stand_ins.select_related("user").order_by("user__display_name", "pk")
    able = set(rows.able().values_list("pk", flat=True))
    listed = [(row, row.pk in able) for row in rows]
    context = {"group": group, "form": form, "rows": listed}
    return render(request, "sessions/stand_ins.html", context, status=refused_status(form))


@login_required
@require_POST
def stand_in_drop(request: SignedInRequest, slug: str, person: uuid.UUID) -> HttpResponse:
    rows = StandIn.objects.visible_to(request.user).select_related("group", "user")
    row = get_object_or_404(rows, group__slug=slug, user__public_id=person)
    drop_stand_in(request.user, stand_in=row)
    if row.user == request.user:
        messages.success(request, _("You are off the list. Nobody asks you to step in there any more"))
        return redirect("home:today")
    messages.success(request, _("%(name)s is off the list") % {"name": row.user.called})
    return redirect("sessions:stand-ins", slug=slug)


def _call(request: SignedInRequest, public_id: uuid.UUID) -> CoverCall:
    return get_object_or_404(CoverCall.objects.visible_to(request.user), public_id=public_id)


def _what_follows(call: CoverCall, now: datetime) -> dict[str, object]:
    """Who is asked and when, and who leads on if nobody can."""
    leaders = [one for one in leaders_of(call.session) if one.user.pk != call.declined_by_id]
    first = first_asked(call).first() if call.others_at > now else None
    others = may_be_asked(call.session, but=call.asked_by)
    return {
        "call": call,
        "first": next((one.called for one in leaders if one.user == first), ""),
        "asked": (others.exclude(pk=first.pk) if first else others).count(),
        "beside": colleague_of(call.asked_by, leaders),
    }


def _clashes(request: SignedInRequest, session: GroupSession, form: HostsForm) -> list[str]:
    """What stands in the way, in words."""
    found = clashes([(session.starts_at, session.ends_at)], **form.values, but=[session.pk])
    return said_of(request.user, found.get(0, []), form.names)


def _say_what_stands(request: SignedInRequest, session: GroupSession, form: HostsForm) -> None:
    chosen = form.values
    messages.success(request, _("Saved. Who is new to it is told"))
    if not chosen["lead"] and not chosen["co"]:
        messages.warning(request, _("This session needs a host"))
    elif not (chosen["lead"] and chosen["co"]):
        messages.warning(request, _("Two are better: one leads, one sees how people are"))
    room = chosen["room"]
    if room and is_too_small(room, session.capacity, sum(bool(chosen[duty]) for duty in ("lead", "co"))):
        words = _("%(room)s has %(chairs)s chairs. With every seat taken that is not enough")
        messages.warning(request, words % {"room": room.name, "chairs": room.capacity})
