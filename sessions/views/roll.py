"""The roll of one session: who came, or how many; and people without an account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from people.errors import Refused
from people.http import SignedInRequest
from people.models import User
from people.policy import can, ensure
from sessions.forms import AttendanceForm, HeadcountForm
from sessions.models import GroupSession, Guest, Seat
from sessions.services import (
    TooEarly,
    add_guest,
    forget_guest,
    hints_of,
    keep_attendance,
    keep_headcount,
    roll_for,
    set_guest_regular,
)
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused


@login_required
@READ_AND_SEND
def attendance(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "attendance.keep", session)
    roll, regulars = roll_for(request.user, session), can(request.user, "session.change", session)
    data = request.POST if request.method == "POST" else None
    form = AttendanceForm(data, roll=roll, hints=hints_of(session, roll) if regulars else None, regulars=regulars)
    try:
        if form.is_valid():
            _keep(request.user, session, form, Seat.Came.CAME if request.POST.get("all") == "here" else "")
            messages.success(request, _("Attendance is saved"))
            return redirect("sessions:attendance", public_id=session.public_id)
    except TooEarly as no:
        return refused(request, no, session=session, status=409)
    status = 422 if form.errors else 200
    return render(request, "sessions/attendance.html", {"session": session, "form": form}, status=status)


@login_required
@READ_AND_SEND
def headcount(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Only how many came."""
    session = visible_session(request, public_id)
    ensure(request.user, "attendance.keep", session)
    marked = sum(bool(line.came) for line in roll_for(request.user, session))
    data = request.POST if request.method == "POST" else None
    form = HeadcountForm(data, names=marked, initial={"count": session.headcount})
    if form.is_valid():
        try:
            keep_headcount(request.user, session=session, count=form.cleaned_data["count"])
        except TooEarly as no:
            return refused(request, no, session=session, status=409)
        messages.success(request, _("The number is saved, without names"))
        return redirect("sessions:attendance", public_id=session.public_id)
    context = {"session": session, "form": form, "marked": marked}
    return render(request, "sessions/headcount.html", context, status=422 if form.errors else 200)


@login_required
@READ_AND_SEND
def guest(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One person without an account: on every list or not, or forgotten."""
    known = Guest.objects.visible_to(request.user).known().select_related("group")
    row = get_object_or_404(known, public_id=public_id)
    if request.method != "POST":
        return render(request, "sessions/guest.html", {"guest": row})
    try:
        if request.POST.get("do") == "forget":
            forget_guest(request.user, guest=row)
            messages.success(request, _("The name is forgotten"))
            return redirect("home:workspace", slug=row.group.slug)
        set_guest_regular(request.user, guest=row, regular=request.POST.get("do") == "always")
        messages.success(request, _("Saved"))
    except Refused as no:
        messages.info(request, str(no))
    return redirect("sessions:guest", public_id=row.public_id)


def _keep(actor: User, session: GroupSession, form: AttendanceForm, everyone_else: str) -> None:
    if someone := form.new_guest():
        add_guest(actor, session=session, **someone)
    marks = form.marks(everyone_else=everyone_else)
    guests = form.guest_marks(everyone_else=everyone_else)
    keep_attendance(actor, session=session, marks=marks, guests=guests)
