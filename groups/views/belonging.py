"""What somebody who belongs does: see who else does, affirm the agreement, leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.errors import LastFacilitator
from groups.forms import AgreeForm
from groups.models import Agreement, Group, Membership
from groups.panels import next_meeting_words
from groups.policies import runs
from groups.services import accept_agreement, leave_group
from people.http import SignedInRequest, refused_status
from people.policy import can

MEMBERS_A_PAGE = 50


@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    open_places = Membership.objects.open().filter(user=request.user).exclude(state=Membership.State.BLOCKED)
    coming = open_places.exclude(role=Membership.Role.FACILITATOR).select_related("group")
    places = list(coming.order_by("group__name", "pk"))
    words = next_meeting_words([place.group for place in places])
    context = {
        "running": Group.objects.run_by(request.user).with_counts().with_requests().by_name(),
        "places": [(place, words.get(place.group_id, "")) for place in places],
    }
    return render(request, "groups/mine.html", context)


@login_required
@require_safe
def members(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.of(request.user), slug=slug)
    facilitator = runs(request.user, group)
    if not (facilitator or can(request.user, "group.members", group)):
        return redirect("groups:agreement", group.slug)
    people = group.memberships.open() if facilitator else group.memberships.belonging()
    page = Paginator(people.by_name(), MEMBERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "groups/members.html", {"group": group, "page": page, "facilitator": facilitator})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.come_to_by(request.user), slug=slug)
    current = group.agreement
    if current is None:
        return redirect(group)
    form = AgreeForm(request.POST if request.method == "POST" else None, agreement=current)
    if form.is_valid():
        accept_agreement(request.user, group=group, version=current.version)
        messages.success(request, _("Thank you. You agreed to version %(number)s.") % {"number": current.version})
        return redirect(group)
    acceptance = current.acceptances.filter(user=request.user).first()
    known = group.agreements.filter(acceptances__user=request.user).order_by("-version").first()
    context = {
        "group": group,
        "agreement": current,
        "sections": _with_what_changed(current, known),
        "asked_again": known is not None,
        "acceptance": acceptance,
        "form": form,
    }
    return render(request, "groups/agreement.html", context, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    membership = get_object_or_404(
        Membership.objects.belonging().select_related("group"), user=request.user, group__slug=slug
    )
    refusal = ""
    if request.method == "POST":
        try:
            leave_group(request.user, membership=membership)
            messages.success(request, _("You have left. You are welcome back any time."))
            return redirect("groups:list")
        except LastFacilitator as last:
            refusal = str(last)
    context = {"group": membership.group, "mine": membership, "refusal": refusal}
    return render(request, "groups/leave.html", context, status=422 if refusal else 200)


def _with_what_changed(current: Agreement, known: Agreement | None) -> list[dict[str, object]]:
    """Each promise, marked where it is not as this person last agreed to it (R16)."""
    kept = [(s["promise"], s["meaning"]) for s in (known or current).sections]
    return [s | {"changed": (s["promise"], s["meaning"]) not in kept} for s in current.sections]
