"""What facilitators do: answer requests, and look after the group's settings and door."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.errors import AlreadyDecided, DoorRefused
from groups.forms import DecisionForm, DoorForm, GroupForm
from groups.models import Group, Membership, WelcomeTalk
from groups.policies import runs
from groups.services import (
    accept_request,
    change_group,
    decline_request,
    door_host,
    end_visit,
    let_visit,
    open_group,
    read_request,
    read_talk,
    set_door,
    talk_of,
    waitlist_request,
    what_stands,
)
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, safe_next
from people.models import Organisation

DECIDE = {
    "accept": accept_request,
    "visit": let_visit,
    "waitlist": waitlist_request,
    "decline": decline_request,
    "end": end_visit,
}
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def request_detail(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    asked = Membership.objects.decided_by(request.user).select_related("group", "user")
    membership = get_object_or_404(asked, group__slug=slug, public_id=public_id)
    form = DecisionForm(posted(request), group=membership.group)
    if form.is_valid() and _decided(request, membership, form):
        return redirect("home:workspace", slug)
    membership.refresh_from_db(fields=["state", "decided_by", "words"])
    context = {
        "group": membership.group,
        "asked": membership,
        "words": read_request(request.user, membership=membership),
        "answer_by": membership.answer_by(Organisation.current().answer_days),
        "stands": "" if membership.state == Membership.State.REQUESTED else what_stands(membership),
        "came_before": _came_before(membership),
        "form": form,
    }
    context |= _talk(request, membership)
    return render(request, "groups/request.html", context, status=refused_status(form))


@login_required
@form_page
def settings(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    form = GroupForm(request.POST if request.method == "POST" else None, initial=GroupForm.values_of(group))
    if form.is_valid():
        try:
            saved = change_group(request.user, group=group, **form.facts())
            messages.success(request, _("Saved."))
            return redirect("groups:settings", saved.slug)
        except Refused as refusal:
            form.refuse(refusal)
    context = {"group": group, "form": form, "door": door_host(request.user, group=group)}
    return render(request, "groups/settings.html", context, status=refused_status(form))


@login_required
@form_page
def door(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    back = safe_next(request, reverse("groups:settings", args=[group.slug]))
    form = DoorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            set_door(request.user, group=group, url=form.cleaned_data["url"])
            messages.success(request, _("Saved. The link opens only through a session, shortly before it starts."))
            return redirect(back)
        except DoorRefused as refusal:
            form.add_error("url", str(refusal))
    context = {"group": group, "form": form, "door": door_host(request.user, group=group), "back": back}
    return render(request, "groups/door.html", context, status=refused_status(form))


@login_required
@form_page
def open_(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    refusal = ""
    if request.method == "POST":
        try:
            open_group(request.user, group=group)
            messages.success(request, _("The group is open. People can find it and ask to join."))
            return redirect("home:workspace", slug) if runs(request.user, group) else redirect(group)
        except Refused as problem:
            refusal = str(problem)
    context = {"group": group, "tasks": _tasks(request, group), "refusal": refusal}
    return render(request, "groups/open.html", context, status=422 if refusal else 200)


def _decided(request: SignedInRequest, membership: Membership, form: DecisionForm) -> bool:
    """Carry the answer out. False when a rule, or somebody who was faster, stands in the way."""
    try:
        if form.cleaned_data["seen"] != membership.state:
            raise AlreadyDecided(what_stands(membership))
        decision = form.cleaned_data["decision"]
        more = {"suggestion": form.cleaned_data["suggestion"]} if decision == "decline" else {}
        DECIDE[decision](request.user, membership=membership, **more)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Your answer is on its way to %(name)s.") % {"name": membership.alias})
    return True


def _talk(request: SignedInRequest, membership: Membership) -> dict[str, Any]:
    """The talk that was offered, how it takes place, and whether one can still be offered."""
    talk = talk_of(membership)
    closed = talk is not None and talk.state in {WelcomeTalk.State.DECLINED, WelcomeTalk.State.HELD}
    return {
        "talk": talk,
        "how": read_talk(request.user, talk=talk) if talk else "",
        "may_talk": membership.group.offers_talk and membership.is_waiting and (talk is None or talk.stands),
        "talk_is_over": talk is not None and not closed and talk.at <= timezone.now(),
    }


def _came_before(membership: Membership) -> bool:
    before = Membership.objects.filter(group=membership.group_id, user=membership.user_id)
    return before.filter(state=Membership.State.VISITED).exclude(pk=membership.pk).exists()


def _tasks(request: SignedInRequest, group: Group) -> list[dict[str, Any]]:
    """What has to be done before people come, and where the reader can do it."""
    admin = request.user.is_admin
    return [
        {
            "title": _("The help lines are confirmed"),
            "words": _("An admin puts their name to each one. Until then no group opens."),
            "done": Organisation.current().crisis_confirmed_at is not None,
            "url": reverse("resources:lines-confirm") if admin else "",
            "do": _("Check the help lines"),
        },
        {
            "title": _("Somebody runs it"),
            "words": _("Two are better: one leads, one sees how people are."),
            "done": group.memberships.facilitators().filter(user__is_active=True).exists(),
            "url": reverse("groups:appoint", args=[group.slug]) if admin else "",
            "do": _("Choose a facilitator"),
        },
        {
            "title": _("There is an agreement"),
            "words": _("We give you a starting text that the group can change."),
            "done": group.agreement is not None,
            "url": reverse("groups:agreement-edit", args=[group.slug]),
            "do": _("Write the agreement"),
        },
    ]
