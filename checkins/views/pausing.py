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

MARK = "paused_here"


@csrf_exempt  # mail programs send no cookie and no token; the address itself is signed, and opens nothing else
@require_http_methods(["GET", "HEAD", "POST"])
def pause_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows one button. A POST pauses, or with `back` ends that pause; both twice are harmless."""
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
    """Names nobody and tells nothing: whoever holds the mail may not be the person. Only a pause that was made here
    can be ended here: somebody may rest because their mail is read.
    """
    rhythm = Rhythm.objects.visible_to(checkin.user).select_related("user").first()
    rests = rhythm is not None and rhythm.waits_for_return
    made_here = rests and request.session.get(MARK) == str(checkin.user.public_id)
    asked = request.method == "POST" and "back" not in request.POST
    if asked and not rests:
        pause(checkin.user, until=None)
        request.session[MARK], made_here = str(checkin.user.public_id), True
    elif request.method == "POST" and not asked and made_here:
        resume(checkin.user)
        made_here = False
    context = {"rests": asked or made_here, "made_here": made_here, "token": token}
    return render(request, "checkins/link_pause.html", context)
