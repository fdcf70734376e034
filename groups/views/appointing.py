"""Who runs a group: admins give it to somebody, and take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import CannotRunGroup, NameTaken, NoName
from groups.forms import FacilitatorForm
from groups.models import Group, Membership
from groups.services import appoint_facilitator, take_group_from
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.policy import ensure


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: SignedInRequest, slug: str) -> HttpResponse:
    ensure(request.user, "facilitator.appoint")
    group = get_object_or_404(Group.objects.beyond_pairs(), slug=slug)
    q = request.POST.get("q") or request.GET.get("q", "")
    form = FacilitatorForm(posted(request), group=group, q=q)
    if form.is_valid():
        try:
            seat = appoint_facilitator(request.user, group=group, **form.cleaned_data)
            messages.success(request, _("%(name)s runs this group now.") % {"name": seat.alias})
            return redirect("groups:open" if group.state == Group.State.DRAFT else "groups:appoint", slug)
        except (NameTaken, NoName) as refusal:
            form.add_error("alias", str(refusal))
        except CannotRunGroup as refusal:
            form.add_error("person", str(refusal))
    context = {"group": group, "form": form, "facilitators": group.memberships.facilitators().by_name()}
    return render(request, "groups/appoint.html", context, status=refused_status(form))


@login_required
@require_POST
def release(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    ensure(request.user, "facilitator.appoint")
    seats = Membership.objects.belonging().exclude(group__kind=Group.Kind.PAIR).filter(group__slug=slug)
    seat = get_object_or_404(seats, public_id=public_id)
    try:
        take_group_from(request.user, seat=seat)
        messages.success(request, _("%(name)s does not run this group any more.") % {"name": seat.alias})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:appoint", slug)
