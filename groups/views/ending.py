"""How a group ends, and opens again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.forms import EndingForm
from groups.models import Group
from groups.panels import planned_after
from groups.services import archive_group, plan_ending, reopen_group
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def ending(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    if group.has_ended:
        return redirect("groups:reopen", group.slug)
    form = EndingForm(posted(request), group=group)
    if form.is_valid():
        try:
            saved = plan_ending(request.user, group=group, **form.plan())
            messages.success(request, _planned(saved))
            return redirect("groups:ending", group.slug)
        except Refused as refusal:
            form.refuse(refusal)
    late = planned_after(group, group.ends_on) if group.ends_on else 0
    context = {"group": group, "form": form, "late": late}
    return render(request, "groups/ending.html", context, status=refused_status(form))


@login_required
@form_page
def end_now(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    if request.method == "POST":
        archive_group(request.user, group=group)
        messages.success(request, _("The group has ended. Its people can still read this page."))
        return redirect(group)
    if group.has_ended:
        return redirect("groups:reopen", group.slug)
    return render(request, "groups/end_now.html", {"group": group, "waiting": group.memberships.at_the_door().count()})


@login_required
@form_page
def reopen(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    refusal = ""
    if request.method == "POST":
        try:
            reopen_group(request.user, group=group)
            messages.success(request, _("The group is open again."))
            return redirect(group)
        except Refused as problem:
            refusal = str(problem)
    elif not group.has_ended:
        return redirect("groups:ending", group.slug)
    return render(request, "groups/reopen.html", {"group": group, "refusal": refusal}, status=422 if refusal else 200)


def _planned(group: Group) -> str:
    return _("Saved. Everybody in the group can read the last day.") if group.ends_on else _("Saved. It goes on.")
