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
from checkins.services import look_after_missed, pause, resume, save_all_messages
from checkins.views.saying import posted
from groups.models import Membership
from notices.areas import RUNS_ALL, RUNS_GROUPS, areas_of
from notices.models import MailTrouble
from notices.services import mail_of, try_mail_again
from people.consents import HELLO
from people.http import SignedInRequest, refused_status, safe_next
from people.models import Consent, User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def messages_page(request: SignedInRequest) -> HttpResponse:
    rhythm = Rhythm.objects.visible_to(request.user).select_related("user").first()
    mail = mail_of(request.user)
    after_missed = Consent.objects.said_yes(request.user, HELLO["purpose"])
    initial = MessagesForm.initial_for(request.user, rhythm, mail) | {"after_missed": after_missed}
    form = MessagesForm(posted(request), user=request.user, areas=areas_of(_parts(request.user)), initial=initial)
    if form.is_valid():
        save_all_messages(request.user, **form.as_choices())
        messages.success(request, _("Saved."))
        return redirect("checkins:messages")
    context = {
        "form": form,
        "rhythm": rhythm,
        "belongs": Membership.objects.belonging().filter(user=request.user).exists(),
        "trouble": MailTrouble.objects.present().filter(user=request.user).first(),
        "by_mail": mail["checkins"],
    }
    return render(request, "checkins/messages.html", context, status=refused_status(form))


def _parts(user: User) -> set[str]:
    """What somebody does here, for the areas that are about it."""
    if user.is_admin or user.is_safety_lead:
        return {RUNS_GROUPS, RUNS_ALL}
    runs = Membership.objects.facilitators().filter(user=user).exists()
    return {RUNS_GROUPS} if runs else set()


@login_required
@require_POST
def mail_again(request: SignedInRequest) -> HttpResponse:
    """The address is right after all: send to it again."""
    if try_mail_again(request.user, person=request.user):
        messages.success(request, _("We send to your address again."))
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
