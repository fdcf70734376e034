"""What admins do: see every group, make one, and choose who runs it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.errors import CannotRunGroup, GroupNameTaken, NameTaken, NoName
from groups.forms import FacilitatorForm, GroupForm
from groups.models import Group
from groups.services import appoint_facilitator, create_group
from people.http import SignedInRequest, refused_status
from people.models import Organisation
from people.policy import ensure

GROUPS_A_PAGE = 25


@login_required
@require_safe
def manage(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "group.create")
    groups = Group.objects.with_counts().with_requests().with_facilitators().by_name()
    page = Paginator(groups, GROUPS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "groups/manage.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "group.create")
    form = GroupForm(request.POST if request.method == "POST" else None, initial=_start())
    if form.is_valid():
        try:
            group = create_group(request.user, **form.cleaned_data)
            messages.success(request, _("The group is prepared. Nobody sees it yet."))
            return redirect("groups:open", group.slug)
        except GroupNameTaken as taken:
            form.add_error("name", str(taken))
    return render(request, "groups/new.html", {"form": form}, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: SignedInRequest, slug: str) -> HttpResponse:
    ensure(request.user, "facilitator.appoint")
    group = get_object_or_404(Group.objects.visible_to(request.user), slug=slug)
    form = FacilitatorForm(request.POST if request.method == "POST" else None, group=group)
    if form.is_valid():
        try:
            seat = appoint_facilitator(request.user, group=group, **form.cleaned_data)
            messages.success(request, _("%(name)s runs this group now.") % {"name": seat.alias})
            return redirect("groups:appoint" if group.state == Group.State.OPEN else "groups:open", group.slug)
        except (NameTaken, NoName) as refusal:
            form.add_error("alias", str(refusal))
        except CannotRunGroup as refusal:
            form.add_error("person", str(refusal))
    context = {"group": group, "form": form, "facilitators": group.memberships.facilitators().by_name()}
    return render(request, "groups/appoint.html", context, status=refused_status(form))


def _start() -> dict[str, Any]:
    """What a new group begins with."""
    return {
        "format": Group.Format.ONLINE,
        "languages": ["en"],
        "intake": Group.Intake.REQUEST,
        "capacity": 10,
        "adults_only": True,
        "listed": True,
        "time_zone": Organisation.current().time_zone,
    }
