"""What a group agrees to: reading it, saying yes, what it was before, changing it, and proposing a change."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.errors import AgreementChanged, TooManyProposals
from groups.forms import AgreeForm, AgreementForm, ProposalAnswerForm, ProposalForm
from groups.http import limits_in_paragraphs
from groups.models import Agreement, Group, Proposal
from groups.services import (
    accept_agreement,
    asked_again,
    decide_proposal,
    keep_agreement,
    own_proposals,
    propose_change,
    publish_agreement,
    read_proposals,
    shown_proposals,
    what_changed,
    withdraw_proposal,
)
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, safe_next
from people.policy import can

VERSIONS_A_PAGE = 10
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def agreement(request: SignedInRequest, slug: str) -> HttpResponse:
    """What holds now, with what is new since this person last said yes."""
    group = get_object_or_404(Group.objects.come_to_by(request.user), slug=slug)
    current = group.agreement
    if current is None:
        return redirect(group)
    form = AgreeForm(posted(request), agreement=current)
    if form.is_valid() and _accepted(request, group, form):
        messages.success(request, _("Thank you. You agreed to version %(number)s.") % {"number": form.holds})
        return redirect(group)
    known = group.agreements.filter(acceptances__user=request.user).order_by("-version").first()
    context = {
        "group": group,
        "agreement": current,
        "changes": what_changed((known or current).sections, current.sections),
        "asked_again": known is not None,
        "acceptance": current.acceptances.filter(user=request.user).first(),
        "form": form,
        "limits": limits_in_paragraphs(),
        "duties": group.memberships.facilitators().exclude(duty="").by_name(),
    }
    return render(request, "groups/agreement.html", context | _said(request, group), status=refused_status(form))


@login_required
@require_safe
def versions(request: SignedInRequest, slug: str) -> HttpResponse:
    """Every version with its days, the newest first, and each whole."""
    group = get_object_or_404(Group.objects.come_to_by(request.user), slug=slug)
    page = Paginator(group.agreements.order_by("-version"), VERSIONS_A_PAGE).get_page(request.GET.get("page"))
    names = _names_in(group, [version.published_by_id for version in page])
    rows = [(version, names.get(version.published_by_id, "")) for version in page]
    return render(request, "groups/agreement_versions.html", {"group": group, "page": page, "rows": rows})


@login_required
@form_page
def propose(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.of(request.user).exclude(state=Group.State.ARCHIVED), slug=slug)
    if group.agreement is None:
        return redirect(group)
    form = ProposalForm(posted(request))
    if form.is_valid():
        try:
            propose_change(request.user, group=group, words=form.cleaned_data["words"])
            messages.success(request, _("Sent, without your name. What becomes of it stands here."))
            return redirect("groups:agreement", slug)
        except TooManyProposals as many:
            form.add_error(None, str(many))
    return render(request, "groups/agreement_propose.html", {"group": group, "form": form}, status=refused_status(form))


@login_required
@require_POST
def proposal_withdraw(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    own = Proposal.objects.filter(user=request.user, group__slug=slug)
    proposal = get_object_or_404(own, public_id=public_id)
    try:
        withdraw_proposal(request.user, proposal=proposal)
        messages.success(request, _("Taken back. It is deleted."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    group = proposal.group
    return redirect("groups:agreement" if group.memberships.coming().filter(user=request.user) else group, slug)


@login_required
@form_page
def agreement_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Write, look at what changes and whom it asks again, publish. Nothing typed is lost between the three."""
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    current, step = group.agreement, request.POST.get("step")
    form = AgreementForm(posted(request), group=group, agreement=current)
    context: dict[str, Any] = {"group": group, "agreement": current, "form": form}
    if form.is_valid() and step != "write":
        if current is not None and step != "publish":
            context["changes"] = what_changed(current.sections, form.sections())
            context |= {"asked": asked_again(group, request.user), "review_on": form.review_on()}
            return render(request, "groups/agreement_preview.html", context)
        if _published(request, group, form):
            return redirect("groups:settings" if group.state == Group.State.OPEN else "groups:open", slug)
    status = 200 if step == "write" and not form.errors else refused_status(form)
    return render(request, "groups/agreement_edit.html", context, status=status)


@login_required
@require_POST
def agreement_keep(request: SignedInRequest, slug: str) -> HttpResponse:
    """It was looked at and stays as it is."""
    group = get_object_or_404(Group.objects.changed_by(request.user), slug=slug)
    try:
        kept = keep_agreement(request.user, group=group, version=_number(request, "version") or 0)
        words = _("It stays as it is. Look at it again on %(day)s.")
        messages.success(request, words % {"day": date_format(kept.review_on, "j F Y")})
    except AgreementChanged as changed:
        messages.error(request, str(changed))
    return redirect(safe_next(request, reverse("groups:agreement-edit", args=[slug])))


@login_required
@require_safe
def proposals(request: SignedInRequest, slug: str) -> HttpResponse:
    """What people would change, without names, and what becomes of each."""
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    rows = read_proposals(request.user, group=group)
    return render(request, "groups/agreement_proposals.html", {"group": group, "rows": rows})


@login_required
@require_POST
def proposal_decide(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    found = Proposal.objects.answered_by(request.user).filter(group__slug=slug)
    proposal, form = get_object_or_404(found, public_id=public_id), ProposalAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose an answer."))
        return redirect("groups:proposals", slug)
    state, proposal.state = form.cleaned_data["state"], form.cleaned_data["seen"]
    try:
        decide_proposal(request.user, proposal=proposal, state=state)
        messages.success(request, str(Proposal.State(state).label) + ".")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("groups:proposals", slug)
    return redirect("groups:agreement-edit" if state == Proposal.State.TAKEN_UP else "groups:proposals", slug)


def _accepted(request: SignedInRequest, group: Group, form: AgreeForm) -> bool:
    """Say yes. False when a new version came between the look and the click."""
    try:
        accept_agreement(request.user, group=group, version=int(form.holds))
    except AgreementChanged as changed:
        form.add_error(None, str(changed))
        return False
    return True


def _published(request: SignedInRequest, group: Group, form: AgreementForm) -> Agreement | None:
    """Publish it. None when somebody else did meanwhile: everything typed stays, to compare."""
    try:
        published = publish_agreement(
            request.user,
            group=group,
            sections=form.sections(),
            review_on=form.review_on(),
            after=_number(request, "after"),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Version %(number)s is published.") % {"number": published.version})
    return published


def _number(request: SignedInRequest, name: str) -> int | None:
    """The number of a version as our page sent it; None for anything else."""
    sent = request.POST.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 6 else None


def _said(request: SignedInRequest, group: Group) -> dict[str, object]:
    """What people of the group propose: what was shown to all, and one's own."""
    if not can(request.user, "agreement.propose", group):
        return {}
    shown = shown_proposals(request.user, group=group)
    return {"shown": shown, "own": own_proposals(request.user, group=group), "may_propose": not group.has_ended}


def _names_in(group: Group, people: list[int]) -> dict[int, str]:
    """By which name the group knows each of these people; admins may have none."""
    seats = group.memberships.filter(user__in=people).exclude(alias="").order_by("pk")
    return dict(seats.values_list("user_id", "alias"))
