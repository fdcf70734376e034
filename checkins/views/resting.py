"""/you/rest/: after long silence, one question with two buttons (R44)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from checkins.models import Rhythm
from checkins.services import keep_asking, pause
from people.http import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: SignedInRequest) -> HttpResponse:
    """A look changes nothing; what is sent without one of the two buttons changes nothing either."""
    rhythm = Rhythm.objects.visible_to(request.user).select_related("user").first()
    choice = request.POST.get("choice") if rhythm and rhythm.on else None
    if choice == "keep":
        keep_asking(request.user)
        messages.success(request, _("We go on asking."))
    elif choice == "pause":
        pause(request.user, until=None)
        messages.success(request, _("Paused until you are back. Nobody is told."))
    else:
        return render(
            request, "checkins/rest.html", {"rhythm": rhythm}, status=422 if request.method == "POST" else 200
        )
    return redirect("checkins:messages")
