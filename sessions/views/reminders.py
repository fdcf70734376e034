"""/you/reminders/: before sessions, if and when."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from people.http import SignedInRequest, safe_next
from sessions.forms.members import RemindersForm
from sessions.models import ReminderChoice
from sessions.services import choose_reminders
from sessions.views.pages import READ_AND_SEND


@login_required
@READ_AND_SEND
def reminders(request: SignedInRequest) -> HttpResponse:
    """Two ticks. What is sent without either is a choice, too."""
    back = safe_next(request, "")
    if request.method == "POST":
        form = RemindersForm(request.POST)
        if form.is_valid():
            choose_reminders(request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(back or "sessions:reminders")
    choice = ReminderChoice.objects.visible_to(request.user).first() or ReminderChoice()
    form = RemindersForm(initial={"day_before": choice.day_before, "hour_before": choice.hour_before})
    return render(request, "sessions/reminders.html", {"form": form, "next": back})
