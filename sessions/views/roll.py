"""The roll of one session."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.http import SignedInRequest
from people.policy import ensure
from sessions.forms import AttendanceForm
from sessions.models import Seat
from sessions.services import TooEarly, keep_attendance, roll_of
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused


@login_required
@READ_AND_SEND
def attendance(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "attendance.keep", session)
    form = AttendanceForm(request.POST if request.method == "POST" else None, roll=roll_of(session))
    try:
        if form.is_valid():
            everyone_else = Seat.Came.CAME if request.POST.get("all") == "here" else ""
            keep_attendance(request.user, session=session, marks=form.marks(everyone_else=everyone_else))
            messages.success(request, _("Attendance is saved"))
            return redirect("sessions:attendance", public_id=session.public_id)
    except TooEarly as no:
        return refused(request, no, session=session, status=409)
    status = 422 if form.errors else 200
    return render(request, "sessions/attendance.html", {"session": session, "form": form}, status=status)
