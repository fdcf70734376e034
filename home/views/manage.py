"""Where admins set PeerHub up, settle how it works, and read what was done."""

from typing import NamedTuple

from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import caches
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.models import Group, Invitation
from home.forms import SettingsForm
from people.context_processors import ORGANISATION_KEY
from people.http import SignedInRequest, posted, refused_status
from people.models import Organisation
from people.policy import ensure
from people.services import change_organisation
from resources.models import CrisisLine


class Task(NamedTuple):
    """One step of setting up."""

    title: str
    words: str
    done: bool
    url: str
    go: str


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: SignedInRequest) -> HttpResponse:
    """Five steps. The one form on this page says that somebody looked where Leave goes."""
    ensure(request.user, "organisation.change")
    if request.method == "POST":
        change_organisation(request.user, exit_checked_at=timezone.now())
        messages.success(request, _("Thank you. That step is done."))
        return redirect("home:setup")
    organisation = Organisation.current()
    tasks = tasks_of(organisation)
    following = next((task for task in tasks if not task.done), None)
    context = {"tasks": tasks, "done": sum(task.done for task in tasks), "following": following}
    return render(request, "home/manage_setup.html", context | {"exit_checked": organisation.exit_checked_at})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "organisation.change")
    organisation = Organisation.current()
    form = SettingsForm(posted(request), initial=model_to_dict(organisation))
    if form.is_valid():
        change_organisation(request.user, **form.cleaned_data)
        caches["memory"].delete(ORGANISATION_KEY)
        messages.success(request, _("Saved."))
        return redirect("home:settings" if Group.objects.filter(state=Group.State.OPEN).exists() else "home:setup")
    lines = list(CrisisLine.objects.current())
    dates = [line.confirmed_at for line in lines if line.confirmed_at]
    context = {"form": form, "lines": lines, "oldest": min(dates, default=None)}
    return render(request, "home/manage_settings.html", context, status=refused_status(form))


def tasks_of(organisation: Organisation) -> list[Task]:
    """The five steps, and which of them are done."""
    named = bool(organisation.contact) and organisation.name != Organisation._meta.get_field("name").default
    has_group = Group.objects.exists()
    sender = {"name": organisation.name, "sender": organisation.sender}
    return [
        Task(
            _("Your organisation"),
            _("%(name)s. Messages come from “%(sender)s”, so that an inbox gives nothing away.") % sender,
            named,
            reverse("home:settings"),
            _("Name and contact"),
        ),
        Task(
            _("Where the Leave button goes"),
            _("%(address)s. Something dull that anyone might have open.") % {"address": site.EXIT_URL},
            organisation.exit_checked_at is not None,
            "",
            _("It is dull enough"),
        ),
        Task(
            _("Confirm the help lines"),
            _("Ring or look up each one, then put your name to it. Members see the date."),
            organisation.crisis_confirmed_at is not None,
            reverse("resources:lines"),
            _("Check the help lines"),
        ),
        Task(
            _("Invite people"),
            _("Two facilitators or more for each group, and one person who looks after safety."),
            Invitation.objects.exists(),
            reverse("home:invite"),
            _("Invite people"),
        ),
        Task(
            _("Your first group"),
            _("Its name, its seats, and the agreement. We give you a starting text that the group can change."),
            has_group,
            reverse("groups:manage" if has_group else "groups:new"),
            _("Make a group"),
        ),
    ]
