"""Mentoring, for mentors and mentees: the pair, what the two agree to, and how they part. Nobody else sees it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.errors import DoorRefused
from groups.forms import DoorForm, ExtendForm, PairAgreementForm, ReviewForm, YesOrNoForm
from groups.models import Group, Membership
from groups.models.pair import REVIEW_BEFORE
from groups.panels import panels_for
from groups.services import (
    accept_pair_agreement,
    answer_pair,
    door_host,
    end_pair,
    extend_pair,
    holding,
    own_review,
    read_other_half,
    read_shared_review,
    set_door,
    waiting,
    was_extended,
    write_pair_agreement,
    write_review,
)
from groups.services.pairing import PROPOSAL_DAYS
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, safe_next
from people.policy import can

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """Who has one pair and nothing else to choose from is led to it."""
    pairs = list(Group.objects.pairs_of(request.user).order_by("-created_at", "-pk"))
    places = Membership.objects.filter(user=request.user, group__in=Group.objects.programmes_of(request.user))
    mine = list(places.belonging().select_related("group").order_by("group__name", "pk"))
    going = [pair for pair in pairs if not pair.has_ended]
    if len(pairs) == 1 and going:
        return redirect(going[0])
    names = _other_names(request, pairs)
    paired = {pair.parent_id for pair in going}
    context = {
        "going": [(pair, names.get(pair.pk, "")) for pair in going],
        "over": [(pair, names.get(pair.pk, "")) for pair in pairs if pair.has_ended],
        "places": [(place, place.group_id in paired) for place in mine],
    }
    return render(request, "groups/mentoring/overview.html", context)


@login_required
@require_safe
def pair(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _pair(request, slug)
    if group.state == Group.State.DRAFT:
        return _asked(request, group)
    if group.has_ended:
        return _ended(request, group)
    return render(request, "groups/mentoring/pair.html", _page(request, group))


@login_required
@require_POST
def answer(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _pair(request, slug)
    form = YesOrNoForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose an answer"))
        return redirect(group)
    try:
        group = answer_pair(request.user, group=group, yes=form.cleaned_data["answer"] == "yes")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(group)
    if group.has_ended:
        messages.success(request, _("Thank you for saying so. Nobody asks you why."))
        return redirect("groups:mentoring")
    return redirect(group)


@login_required
@form_page
def agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _open_pair(request, slug)
    form = PairAgreementForm(posted(request), pair=group, agreed=waiting(group) or holding(group))
    if form.is_valid():
        try:
            write_pair_agreement(request.user, group=group, words=form.words(), **form.days())
            messages.success(request, _("Saved with your yes. It holds when the other one says yes too."))
            return redirect(group)
        except Refused as refusal:
            form.add_error("ends_on", str(refusal))
    context = {"group": group, "form": form, "other": _other(request, group)}
    return render(request, "groups/mentoring/agreement.html", context, status=refused_status(form))


@login_required
@require_POST
def agreement_yes(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _open_pair(request, slug)
    version = request.POST.get("version", "")
    try:
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 5 else 0
        accept_pair_agreement(request.user, group=group, version=number)
        messages.success(request, _("Thank you. This is what you agree to now."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(group)


@login_required
@form_page
def longer(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _open_pair(request, slug)
    form = ExtendForm(posted(request))
    if form.is_valid():
        try:
            extend_pair(request.user, group=group, ends_on=form.cleaned_data["ends_on"])
            messages.success(request, _("Asked. You go on longer when the other one says yes too."))
            return redirect(group)
        except Refused as refusal:
            form.add_error("ends_on", str(refusal))
    context = {"group": group, "form": form, "other": _other(request, group), "was_extended": was_extended(group)}
    return render(request, "groups/mentoring/longer.html", context, status=refused_status(form))


@login_required
@form_page
def look_back(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _pair(request, slug)
    if not can(request.user, "pair.look-back", group):
        return redirect(group)
    answers, shared = own_review(request.user, group=group)
    form = ReviewForm(posted(request), initial=answers | {"shared": shared})
    if form.is_valid():
        try:
            write_review(request.user, group=group, answers=form.answers(), shared=form.cleaned_data["shared"])
            messages.success(request, _("Saved. You can change it until the last day."))
            return redirect("groups:pair-review", group.slug)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"group": group, "form": form, "answers": answers, "other": _other(request, group)}
    theirs = read_shared_review(request.user, group=group) if request.method != "POST" else {}
    return render(request, "groups/mentoring/review.html", context | {"theirs": theirs}, status=refused_status(form))


@login_required
@form_page
def end(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _pair(request, slug)
    if group.state != Group.State.OPEN:
        return redirect(group)
    if request.method == "POST":
        another = request.POST.get("another") == "yes"
        end_pair(request.user, group=group, another=another)
        messages.success(request, _("It has ended. You did not have to say why, and nobody asks."))
        return redirect("groups:mentoring")
    context = {"group": group, "other": _other(request, group), "mentor": _mine(request, group).runs_it}
    return render(request, "groups/mentoring/end.html", context)


@login_required
@form_page
def door(request: SignedInRequest, slug: str) -> HttpResponse:
    """The mentor keeps the way into the video room."""
    group = get_object_or_404(Group.objects.pairs_of(request.user).run_by(request.user), slug=slug)
    form = DoorForm(posted(request))
    if form.is_valid():
        try:
            set_door(request.user, group=group, url=form.cleaned_data["url"])
            messages.success(request, _("Saved. The link opens only through a meeting, shortly before it starts."))
            return redirect(safe_next(request, group.get_absolute_url()))
        except DoorRefused as refusal:
            form.add_error("url", str(refusal))
    context = {"group": group, "form": form, "door": door_host(request.user, group=group)}
    return render(request, "groups/mentoring/door.html", context, status=refused_status(form))


def _asked(request: SignedInRequest, group: Group) -> HttpResponse:
    """A proposal: what the other one shows, until one's own answer; then only who it is."""
    mine = _mine(request, group)
    shows = "" if mine.decided_at else read_other_half(request.user, group=group)[1]
    context = {
        "group": group,
        "mine": mine,
        "other": _other(request, group),
        "shows": shows,
        "answer_by": group.created_at + timedelta(days=PROPOSAL_DAYS),
    }
    return render(request, "groups/mentoring/asked.html", context)


def _ended(request: SignedInRequest, group: Group) -> HttpResponse:
    """The closing page. Who was only asked reads that it did not come about, and no name."""
    were_two = can(request.user, "pair.look-back", group)
    context: dict[str, Any] = {"group": group, "were_two": were_two}
    if were_two:
        context |= {"other": _other(request, group), "agreed": holding(group)}
        context |= {"answers": own_review(request.user, group=group)[0], "mentor": _was_mentor(request, group)}
    return render(request, "groups/mentoring/ended.html", context)


def _page(request: SignedInRequest, group: Group) -> dict[str, Any]:
    mine, waits, left = _mine(request, group), waiting(group), (group.ends_on or group.today) - group.today
    return {
        "group": group,
        "mine": mine,
        "mentor": mine.runs_it,
        "other": _other(request, group),
        "agreed": holding(group),
        "waits": waits,
        "waits_for_me": waits is not None and request.user.pk not in waits.yes_from,
        "panels": panels_for(request, group),
        "coordinators": group.parent.memberships.facilitators().by_name() if group.parent else [],
        "half_way": group.starts_on + (group.ends_on - group.starts_on) / 2
        if group.starts_on and group.ends_on
        else None,
        "ends_soon": left <= REVIEW_BEFORE,
        "ends_today": not left,
    }


def _pair(request: SignedInRequest, slug: str) -> Group:
    return get_object_or_404(Group.objects.pairs_of(request.user), slug=slug)


def _open_pair(request: SignedInRequest, slug: str) -> Group:
    return get_object_or_404(Group.objects.pairs_of(request.user).of(request.user), slug=slug, state=Group.State.OPEN)


def _mine(request: SignedInRequest, group: Group) -> Membership:
    return group.memberships.filter(user=request.user).latest("pk")


def _was_mentor(request: SignedInRequest, group: Group) -> bool:
    return _mine(request, group).role == Membership.Role.FACILITATOR


def _other(request: SignedInRequest, group: Group) -> str:
    """What the other of the two is called here."""
    return _other_names(request, [group]).get(group.pk, "")


def _other_names(request: SignedInRequest, pairs: list[Group]) -> dict[int, str]:
    """Of pairs that came about, and of those that are asked; who said no stays unnamed."""
    seats = Membership.objects.filter(group__in=pairs).exclude(user=request.user)
    named = seats.exclude(group__state=Group.State.ARCHIVED, joined_at=None)
    return dict(named.values_list("group_id", "alias"))
