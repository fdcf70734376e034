"""Sessions in people's own calendars: the page about the link, what calendars fetch with it, one session as a file."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import Refused
from people.http import SignedInRequest
from sessions.calendar import calendar_of, entries_of, tag_of
from sessions.forms import CalendarTitlesForm
from sessions.models import CalendarLink, GroupSession
from sessions.services import make_calendar_link, open_calendar_link, set_calendar_titles, stop_calendar_link

KIND = "text/calendar; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """For calendars, which sign in nowhere and ask often: whoever knows the address may look."""
    link = open_calendar_link(token)
    if link is None:
        # The same whatever is wrong with it, and no page: it answers a program.
        return HttpResponseNotFound(_("There is no calendar here."), content_type=PLAIN, headers=_kept_apart())
    with translation.override(link.user.locale):
        etag = tag_of(link.user, names=link.shows_names)
        answer = get_conditional_response(request, etag=etag)
        if answer is None:
            sessions = GroupSession.objects.in_calendar_of(link.user)
            answer = HttpResponse(calendar_of(entries_of(sessions), names=link.shows_names), content_type=KIND)
    for header, value in ({"ETag": etag} | _kept_apart()).items():
        answer[header] = value
    return answer


@login_required
@require_safe
def session_file(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One session, to put into a calendar by hand. What it says follows the person's choice for their link."""
    sessions = GroupSession.objects.visible_to(request.user).with_own_place(request.user)
    entries = entries_of(sessions.filter(public_id=public_id))
    if not entries:
        raise Http404
    names = CalendarLink.objects.visible_to(request.user).filter(titles=CalendarLink.Titles.NAMES).exists()
    body = calendar_of(entries, names=names, title=_("Appointment"))
    return HttpResponse(body, content_type=KIND, headers={"Content-Disposition": 'attachment; filename="calendar.ics"'})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: SignedInRequest) -> HttpResponse:
    """Whether there is a link, and since when. Sent, it makes a new one, which only this one answer shows."""
    return _made(request) if request.method == "POST" else _shown(request)


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _made(request: SignedInRequest) -> HttpResponse:
    """Whoever holds the unlocked phone for a minute could else watch from afar for months (safety.md T2)."""
    path = reverse("sessions:calendar-feed", args=[make_calendar_link(request.user)])
    return _shown(request, settings.SITE_URL + path)


def _shown(request: SignedInRequest, address: str = "") -> HttpResponse:
    standing = CalendarLink.objects.visible_to(request.user).first()
    form = CalendarTitlesForm(initial={"titles": standing.titles}) if standing else None
    return render(request, "sessions/calendar.html", _page(standing, form, address))


@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def link_titles(request: SignedInRequest) -> HttpResponse:
    standing = CalendarLink.objects.visible_to(request.user).first()
    form = CalendarTitlesForm(request.POST)
    if not form.is_valid():
        return render(request, "sessions/calendar.html", _page(standing, form, ""), status=422)
    try:
        set_calendar_titles(request.user, titles=form.cleaned_data["titles"])
        messages.success(request, _("Saved. Your calendar shows it the next time it asks."))
    except Refused as no:
        messages.info(request, str(no))
    return redirect("sessions:calendar")


@login_required
@require_POST
def link_stop(request: SignedInRequest) -> HttpResponse:
    stop_calendar_link(request.user)
    messages.success(request, _("The address opens nothing now. You can make a new one on any day."))
    return redirect("sessions:calendar")


def _page(standing: CalendarLink | None, form: CalendarTitlesForm | None, address: str) -> dict[str, object]:
    webcal = address.replace(settings.SITE_URL, f"webcal://{settings.SITE_URL.partition('://')[2]}") if address else ""
    return {"link": standing, "form": form, "address": address, "webcal": webcal}


def _kept_apart() -> dict[str, str]:
    """Nobody between us and the calendar may keep it or learn where it came from, and it asks each time."""
    return {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
