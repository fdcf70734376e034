"""Planning sessions, and calling one off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.models import Group
from people.errors import Refused
from people.http import SignedInRequest
from people.policy import ensure
from people.words import zone_words
from sessions.forms import SeriesForm
from sessions.services import also_running, cancel_session, create_series
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused

BUSY_SHOWN = 5


@login_required
@READ_AND_SEND
def series_create(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    if group.state != Group.State.OPEN:
        return refused(request, _("Sessions can be added once the group is open"), session=None, status=409)
    form = SeriesForm(request.POST if request.method == "POST" else None, group=group)
    adding = form.is_bound and "preview" not in request.POST
    if form.is_valid() and adding and form.button_was_right and _added(request, group, form):
        return redirect("home:workspace", slug=group.slug)
    surprise = adding and form.preview is not None and not form.button_was_right
    context = {"group": group, "form": form, "zone": zone_words(group.time_zone), "surprise": surprise}
    if form.preview:
        context["busy"] = also_running(request.user, group=group, rule=form.preview.rule)[:BUSY_SHOWN]
    return render(request, "sessions/series_form.html", context, status=422 if form.errors else 200)


@login_required
@READ_AND_SEND
def session_cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "session.cancel", session)
    if request.method == "POST":
        try:
            cancel_session(request.user, session=session)
        except Refused as no:
            return refused(request, no, session=session, status=409)
        messages.success(request, _("This session is cancelled. Everybody who had a seat is told"))
        return redirect(session)
    if not session.can_be_cancelled:
        return redirect(session)
    return render(request, "sessions/cancel.html", {"session": session, "told": session.seats.holding().count()})


def _added(request: SignedInRequest, group: Group, form: SeriesForm) -> bool:
    """Make what the form says. What another facilitator did meanwhile is said at the field."""
    try:
        create_series(request.user, group=group, **form.plan_values)
    except Refused as no:
        form.add_error("starts_on", str(no))
        return False
    count = form.cleaned_data["preview"].count
    words = ngettext("%(count)s session is in the schedule", "%(count)s sessions are in the schedule", count)
    messages.success(request, words % {"count": count})
    return True
