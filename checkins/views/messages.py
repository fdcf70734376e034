"""/you/messages/: if, when and how long not."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from checkins.forms import MessagesForm
from checkins.models import Rhythm
from checkins.services import look_after_missed, pause, resume, save_messages
from checkins.views.saying import posted
from groups.models import Membership
from people.http import SignedInRequest, refused_status, safe_next


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def messages_page(request: SignedInRequest) -> HttpResponse:
    rhythm = Rhythm.objects.visible_to(request.user).select_related("user").first()
    initial = MessagesForm.initial_for(request.user, rhythm)
    form = MessagesForm(posted(request), user=request.user, initial=initial)
    if form.is_valid():
        return _save(request, form)
    belongs = Membership.objects.belonging().filter(user=request.user).exists()
    context = {"form": form, "rhythm": rhythm, "belongs": belongs}
    return render(request, "checkins/messages.html", context, status=refused_status(form))


def _save(request: SignedInRequest, form: MessagesForm) -> HttpResponse:
    data = form.cleaned_data
    save_messages(
        request.user,
        on=data["often"] == "weekly",
        weekday=data["weekday"],
        hour=data["hour"],
        quiet_from=data["quiet_from"],
        quiet_to=data["quiet_to"],
        paused=data["pause"] != "no",
        paused_until=data["until"] if data["pause"] == "until" else None,
    )
    messages.success(request, _("Saved."))
    return redirect("checkins:messages")


@login_required
@require_POST
def pause_create(request: SignedInRequest) -> HttpResponse:
    """Some space: one week, two, or until the person is back. `weeks=0` ends it."""
    weeks = request.POST.get("weeks")
    if weeks == "0":
        resume(request.user)
        messages.success(request, _("Check-ins come again."))
    elif weeks in {"1", "2"}:
        until = timezone.localdate() + timedelta(weeks=int(weeks))
        pause(request.user, until=until)
        day = date_format(until, "l j F")
        messages.success(request, _("Paused until %(day)s. You can start again any time.") % {"day": day})
    elif weeks == "open":
        pause(request.user, until=None)
        messages.success(request, _("Paused until you are back. Nobody is told."))
    return redirect(safe_next(request, "/you/messages/"))


@login_required
@require_POST
def missed(request: SignedInRequest) -> HttpResponse:
    """One tap: somebody may think of me when I was not there, or not."""
    on = request.POST.get("on") == "1"
    look_after_missed(request.user, on=on)
    words = (
        _("Somebody may say hello when you were not there.") if on else _("Nobody is asked to when you were not there.")
    )
    messages.success(request, words)
    return redirect(safe_next(request, "/you/messages/"))
