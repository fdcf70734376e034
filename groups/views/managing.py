"""What admins do: see every group, and make one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.forms import GroupForm
from groups.models import Group
from groups.services import create_group
from people.errors import Refused
from people.http import SignedInRequest, refused_status
from people.models import Organisation
from people.policy import ensure

GROUPS_A_PAGE = 25


@login_required
@require_safe
def manage(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "group.create")
    state = request.GET.get("state", "")
    groups = Group.objects.exclude(kind=Group.Kind.PAIR)
    state = state if state in Group.State.values else ""
    if state:
        groups = groups.filter(state=state)
    counted = groups.with_counts().with_requests().with_facilitators().by_name()
    page = Paginator(counted, GROUPS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "groups/manage.html", {"page": page, "state": state, "states": Group.State.choices})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "group.create")
    form = GroupForm(request.POST if request.method == "POST" else None, initial=_start())
    if form.is_valid():
        try:
            group = create_group(request.user, **form.facts())
            messages.success(request, _("The group is prepared. Nobody sees it yet."))
            return redirect("groups:open", group.slug)
        except Refused as refusal:
            form.refuse(refusal)
    return render(request, "groups/new.html", {"form": form}, status=refused_status(form))


def _start() -> dict[str, Any]:
    """What a new group begins with."""
    return {
        "kind": Group.Kind.CIRCLE,
        "format": Group.Format.ONLINE,
        "languages": ["en"],
        "intake": Group.Intake.REQUEST,
        "capacity": 10,
        "adults_only": True,
        "listed": True,
        "shows_members": True,
        "offer_hours": 48,
        "time_zone": Organisation.current().time_zone,
    }
