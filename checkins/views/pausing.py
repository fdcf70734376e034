"""/c/<token>/pause/: the way out that stands in every mail of the question, one click for a mail program (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from checkins.letters import A_YEAR, opened_by
from checkins.models import CheckIn, Rhythm
from checkins.services import pause, resume
from checkins.views.link import closed


@csrf_exempt  # mail programs send no cookie and no token; the address itself is signed, and opens nothing else
@require_http_methods(["GET", "HEAD", "POST"])
def pause_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows one button. A POST pauses, or with `back` goes on; both twice are harmless."""
    checkin = opened_by(token, longest=A_YEAR)
    if checkin is None:
        response = closed(request)
    else:
        with timezone.override(checkin.user.zone), translation.override(checkin.user.locale):
            response = _pause(request, token, checkin)
    patch_cache_control(response, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _pause(request: HttpRequest, token: str, checkin: CheckIn) -> HttpResponse:
    """Names nobody and tells nothing: whoever holds the mail may not be the person."""
    rhythm = Rhythm.objects.visible_to(checkin.user).select_related("user").first()
    rests = rhythm is not None and rhythm.waits_for_return
    if request.method == "POST":
        wants_rest = "back" not in request.POST
        if wants_rest != rests:
            pause(checkin.user, until=None) if wants_rest else resume(checkin.user)
        rests = wants_rest
    return render(request, "checkins/link_pause.html", {"rests": rests, "token": token})
