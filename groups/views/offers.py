"""Free places: the answer of the person one is held for, and the line as those who run the group see it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.forms.offer import AGAIN, LATER, OFF, TAKE, OfferForm
from groups.models import Group, Membership
from groups.panels import next_meeting_words
from groups.policies import has_agreed
from groups.services import accept_offer, pass_offer, wait_again
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status

State = Membership.State
IN_LINE_A_PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = _latest(request, slug)
    group = mine.group
    if mine.may_come:
        return redirect(group)
    if mine.state == State.REQUESTED:
        return redirect("groups:ask-sent", slug)
    agreement = None if has_agreed(request.user, group) else group.agreement
    form = OfferForm(posted(request), agreement=agreement)
    if form.is_valid():
        _answer(request, mine, form)
        return redirect("groups:offer", slug)
    stands = _stands(mine)
    context = {"group": group, "mine": mine, "form": form, "agreement": agreement, "stands": stands}
    context["next"] = next_meeting_words([group]).get(group.pk, "")
    page = "groups/offer.html" if stands == "held" else "groups/offer_over.html"
    return render(request, page, context, status=refused_status(form))


@login_required
@require_safe
def waiting(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user).with_counts(), slug=slug)
    page = Paginator(group.memberships.in_line(), IN_LINE_A_PAGE).get_page(request.GET.get("page"))
    held = group.memberships.offered().order_by("offered_until", "pk")
    return render(request, "groups/waiting.html", {"group": group, "page": page, "held": held})


def _latest(request: SignedInRequest, slug: str) -> Membership:
    """What this person last had to do with the group. Nothing, or a shut door: no such page."""
    rows = Membership.objects.filter(user=request.user, group__slug=slug).select_related("group", "user")
    mine = rows.order_by("-pk").first()
    if mine is None or mine.state == State.BLOCKED:
        raise Http404
    return mine


def _answer(request: SignedInRequest, mine: Membership, form: OfferForm) -> None:
    """Carry it out. The page that follows says how it stands, whatever came in between."""
    does: dict[str, Callable[..., Membership]] = {
        TAKE: partial(accept_offer, agreement=form.agreement),
        LATER: partial(pass_offer, keep_in_line=True),
        OFF: partial(pass_offer, keep_in_line=False),
        AGAIN: wait_again,
    }
    said = {
        TAKE: _("The place is yours. It is good that you come."),
        LATER: _("You are still in line, at its end."),
        OFF: _("You are off the list. You can ask again any time."),
        AGAIN: _("You are in line."),
    }
    try:
        does[form.cleaned_data["answer"]](request.user, membership=mine)
        messages.success(request, said[form.cleaned_data["answer"]])
    except Refused as refusal:
        messages.error(request, str(refusal))


def _stands(mine: Membership) -> str:
    """How it stands with the place, for the page to say what is possible now."""
    group = mine.group
    if not group.offers_places:
        return "ended" if group.state == Group.State.ARCHIVED else "shut"
    if mine.offered_until is not None:
        return "held" if mine.offered_until > timezone.now() else "over"
    if mine.state == State.WAITLISTED:
        return "free" if _is_next(mine) else "line"
    return "lapsed" if mine.state == State.LAPSED else "gone"


def _is_next(mine: Membership) -> bool:
    """First in line while a place is free that nobody in line was offered: they let it go, or it came back."""
    return mine.group.free != 0 and mine == mine.group.memberships.in_line().first()
