"""How pairs come about: what mentors and mentees show, choosing a mentor, and what coordinators propose."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import KnowEachOther
from groups.forms import ProfileForm, ProposeForm
from groups.models import Group, Membership
from groups.services import (
    ask_mentor,
    make_mentee,
    make_mentor,
    mentors_to_choose,
    own_profile,
    propose_pair,
    save_profile,
    take_proposal_back,
    want_mentor,
)
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.policy import can

PAIRS_A_PAGE = 25
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def profile(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.programmes_of(request.user), slug=slug)
    place = group.memberships.belonging().select_related("group").get(user=request.user)
    mine, shows = own_profile(request.user, membership=place)
    mentor = place.role == Membership.Role.MENTOR
    form = ProfileForm(posted(request), profile=mine, shows=shows, mentor=mentor)
    if form.is_valid():
        save_profile(request.user, membership=place, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("groups:pair-profile", group.slug)
    context = {"group": group, "form": form, "mentor": mentor}
    return render(request, "groups/mentoring/profile.html", context, status=refused_status(form))


@login_required
@form_page
def mentors(request: SignedInRequest, slug: str) -> HttpResponse:
    """Mentors who can be asked. Asking one is one's own yes."""
    group = get_object_or_404(Group.objects.programmes_of(request.user), slug=slug)
    if not can(request.user, "mentor.ask", group):
        return redirect("groups:mentoring")
    place = group.memberships.get(user=request.user, state=Membership.State.ACTIVE)
    free = group.memberships.looking_for_mentor().filter(pk=place.pk).exists()
    refusal = ""
    if request.method == "POST":
        try:
            return redirect(ask_mentor(request.user, group=group, mentor=_chosen(request, group)))
        except Refused as problem:
            refusal = str(problem)
    shown = mentors_to_choose(request.user, group=group)
    context = {"group": group, "mentors": shown, "mine": place, "free": free, "refusal": refusal}
    return render(request, "groups/mentoring/mentors.html", context, status=422 if refusal else 200)


@login_required
@require_POST
def wanted(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let the coordinators look for somebody, or tell them that it is not needed any more."""
    group = get_object_or_404(Group.objects.programmes_of(request.user), slug=slug)
    if can(request.user, "mentor.ask", group):
        row = want_mentor(request.user, group=group, wanted=request.POST.get("wanted") != "no")
        asked = _("The coordinators look for somebody. They ask you before anything happens.")
        messages.success(request, asked if row.mentor_wanted_at else _("They know that you look for yourself."))
    return redirect("groups:mentoring")


@login_required
@form_page
def pairs(request: SignedInRequest, slug: str) -> HttpResponse:
    """For coordinators: who is a mentor, who looks for one, and which pairs there are. Names, never words."""
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug, kind=Group.Kind.PROGRAMME)
    form = ProposeForm(posted(request), group=group)
    flagged = False
    if form.is_valid():
        try:
            propose_pair(request.user, group=group, **form.cleaned_data)
            messages.success(request, _("Both are asked. You see here when they have answered."))
            return redirect("groups:run-pairs", group.slug)
        except KnowEachOther:
            flagged = True
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"group": group, "form": form, "flagged": flagged} | _people_of(group, request.GET.get("page"))
    return render(request, "groups/mentoring/run_pairs.html", context, status=refused_status(form))


@login_required
@require_POST
def mentor(request: SignedInRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Make somebody a mentor, or a member like the others again."""
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug, kind=Group.Kind.PROGRAMME)
    place = get_object_or_404(group.memberships.belonging().select_related("group"), public_id=public_id)
    try:
        change = make_mentee if request.POST.get("role") == "member" else make_mentor
        change(request.user, membership=place)
        messages.success(request, _("Saved."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:run-pairs", group.slug)


@login_required
@require_POST
def take_back(request: SignedInRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take back a proposal that waits for its answers."""
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug, kind=Group.Kind.PROGRAMME)
    pair = get_object_or_404(group.pairs.all(), public_id=public_id)
    try:
        take_proposal_back(request.user, group=pair)
        messages.success(request, _("Taken back. Both are told kindly."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:run-pairs", group.slug)


def _chosen(request: SignedInRequest, group: Group) -> Membership:
    try:
        chosen = UUID(request.POST.get("mentor", ""))
    except ValueError:
        chosen = UUID(int=0)
    return get_object_or_404(group.memberships.mentors(), public_id=chosen)


def _people_of(group: Group, number: str | None) -> dict[str, Any]:
    seats = Prefetch("memberships", Membership.objects.order_by("role", "pk"), to_attr="seats")
    pairs = group.pairs.with_ties().order_by("archived_at", "-created_at", "-pk").prefetch_related(seats)
    page = Paginator(pairs, PAIRS_A_PAGE)
    return {
        "page": page.get_page(number),
        "mentors": group.memberships.with_pairs().mentors().by_name(),
        "looking": group.memberships.looking_for_mentor(),
    }
