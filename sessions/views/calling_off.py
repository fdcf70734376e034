"""Cancelling one session at once, with Undo; cancelling a series after a look at what happens; putting one back."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.errors import Refused
from people.http import SignedInRequest, safe_next
from people.policy import ensure
from sessions.models import GroupSession, Series
from sessions.services import DoubleBooked, cancel_series, cancel_session, how_many_hear, put_back
from sessions.views.pages import READ_AND_SEND, visible_session
from sessions.views.refusals import refused

SOON = timedelta(hours=12)  # from then on the mail does not wait


@login_required
@READ_AND_SEND
def session_cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "session.cancel", session)
    if request.method == "POST":
        try:
            session = cancel_session(request.user, session=session)
        except Refused as no:
            return refused(request, no, session=session, status=409)
        messages.success(request, _cancelled(session))
        return redirect(session)
    if not session.can_be_cancelled:
        return redirect(session)
    told = how_many_hear([session], by=request.user)
    return render(request, "sessions/cancel.html", {"session": session, "told": told})


@login_required
@READ_AND_SEND
def session_put_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A button. Somebody who had to sign in on the way comes back with GET: to the session, where it is."""
    session = visible_session(request, public_id)
    ensure(request.user, "session.cancel", session)
    if request.method != "POST":
        return redirect(session)
    try:
        put_back(request.user, session=session, without_hosts="without" in request.POST)
    except DoubleBooked as no:
        return render(request, "sessions/put_back.html", {"session": session, "why": str(no)}, status=409)
    except Refused as no:
        return refused(request, no, session=session, status=409)
    messages.success(request, _("It takes place after all. Whoever heard that it was cancelled is told"))
    return redirect(safe_next(request, session.get_absolute_url()))


@login_required
@READ_AND_SEND
def series_cancel(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All that have not begun, or those from the session on that `since` names."""
    series = get_object_or_404(Series.objects.visible_to(request.user).select_related("group"), public_id=public_id)
    ensure(request.user, "series.change", series)
    first = _since(request, series)
    if request.method == "POST":
        gone = cancel_series(request.user, series=series, since=first.slot if first else None)
        messages.success(request, _gone(len(gone)))
        return redirect("home:workspace", slug=series.group.slug)
    ahead = series.sessions.scheduled().filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")
    rows = list(ahead.filter(slot__gte=first.slot) if first else ahead)
    told = how_many_hear(rows, by=request.user)
    context = {"series": series, "group": series.group, "rows": rows, "told": told, "since": first}
    return render(request, "sessions/cancel_series.html", context)


def _since(request: SignedInRequest, series: Series) -> GroupSession | None:
    """404 for a session that goes on in another series by now: nobody cancels all where they meant some."""
    named = request.POST.get("since") or request.GET.get("since") or ""
    if not named:
        return None
    found = next((row for row in series.sessions.all() if str(row.public_id) == named), None)
    if found is None:
        raise Http404
    return found


def _cancelled(session: GroupSession) -> str:
    if session.starts_at - SOON <= timezone.now():
        return _("This session is cancelled. Everybody who had a seat is told now")
    return _("This session is cancelled. Mail about it leaves in 15 minutes, unless you put it back before")


def _gone(count: int) -> str:
    words = ngettext("%(count)s session is cancelled", "%(count)s sessions are cancelled", count)
    return words % {"count": count}
