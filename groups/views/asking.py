"""Asking to join: the agreement, then a name, then what happens next. An account is needed only for the second step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.errors import AgreementChanged, AlreadyAsked, NameTaken
from groups.forms import AgreeForm, AskForm
from groups.models import Acceptance, Agreement, Group, Membership
from groups.services import ask_to_join, own_words, withdraw_request
from groups.words import limits_of_confidentiality
from people.errors import Refused
from people.http import SignedInRequest, refused_status
from people.models import Organisation
from people.policy import can

AGREED = "agreed"  # in the visit: which version of each group's agreement was ticked


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.user).with_counts(), slug=slug)
    if elsewhere := _not_here(request, group):
        return elsewhere
    agreement = group.agreement
    form = AgreeForm(request.POST if request.method == "POST" else None, agreement=agreement)
    if form.is_valid():
        request.session[AGREED] = request.session.get(AGREED, {}) | {group.slug: form.holds}
        return redirect("groups:ask-name", group.slug)
    context = {"group": group, "agreement": agreement, "form": form, "limits": _limits(), "readers": _readers(group)}
    return render(request, "groups/ask.html", context, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_name(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.user).with_counts(), slug=slug)
    if elsewhere := _not_here(request, group):
        return elsewhere
    agreement = group.agreement
    if request.session.get(AGREED, {}).get(group.slug) != (str(agreement.version) if agreement else ""):
        return redirect("groups:ask", group.slug)
    readers = _readers(group)
    form = AskForm(request.POST if request.method == "POST" else None, group=group, readers=readers, user=request.user)
    if form.is_valid() and (answer := _asked(request, group, agreement, form)):
        return answer
    context = {"group": group, "form": form, "readers": readers}
    return render(request, "groups/ask_name.html", context, status=refused_status(form))


@login_required
@require_safe
def ask_sent(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.user), slug=slug)
    request_ = group.memberships.filter(user=request.user).order_by("-pk").first()
    if request_ is None or not (request_.is_waiting or request_.state == Membership.State.DECLINED):
        return redirect(group)
    context = {
        "group": group,
        "mine": request_,
        "words": own_words(request.user, membership=request_),
        "readers": _readers(group),
        "answer_by": request_.answer_by(Organisation.current().answer_days),
        "acceptance": Acceptance.objects.filter(user=request.user, agreement__group=group).order_by("-at").first(),
    }
    return render(request, "groups/ask_sent.html", context)


@login_required
@require_POST
def ask_withdraw(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.user), slug=slug)
    membership = group.memberships.open().filter(user=request.user).first()
    if membership and membership.is_waiting:
        try:
            withdraw_request(request.user, membership=membership)
            messages.success(
                request, _("You took your request back. What you wrote is erased. You can ask again any time.")
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect(group if group.listed else "groups:list")


def _not_here(request: HttpRequest, group: Group) -> HttpResponse | None:
    """Where somebody goes who has asked, who belongs, or for whom the door is shut."""
    if request.user.is_authenticated:
        mine = group.memberships.open().filter(user=request.user).first()
        if mine and mine.state != Membership.State.BLOCKED:
            return redirect("groups:ask-sent", group.slug)
        if mine or not can(request.user, "group.ask", group):
            return render(request, "groups/ask_closed.html", {"group": group})
    if not group.takes_requests:
        return render(request, "groups/ask_closed.html", {"group": group})
    return None


def _asked(request: SignedInRequest, group: Group, agreement: Agreement | None, form: AskForm) -> HttpResponse | None:
    """Send the request off. None when the form has something to fix."""
    try:
        ask_to_join(request.user, group=group, agreement=agreement, **form.answers())
    except NameTaken as taken:
        form.add_error("alias", str(taken))
        return None
    except AlreadyAsked:
        pass
    except AgreementChanged as changed:
        messages.error(request, str(changed))
        return redirect("groups:ask", group.slug)
    except Refused:
        return redirect("groups:ask", group.slug)
    request.session[AGREED] = {slug: held for slug, held in request.session[AGREED].items() if slug != group.slug}
    return redirect("groups:ask-sent", group.slug)


def _readers(group: Group) -> str:
    """Who reads a request, by name."""
    names = [seat.alias for seat in group.memberships.facilitators().by_name() if seat.alias]
    return get_text_list(names, _("and")) if names else _("The facilitators")


def _limits() -> list[list[str]]:
    """The limits of confidentiality, as paragraphs of lines (R19)."""
    words = Organisation.current().confidentiality_limits.strip() or limits_of_confidentiality()
    return [paragraph.splitlines() for paragraph in words.replace("\r", "").split("\n\n") if paragraph.strip()]
