"""Asking to join: the agreement, then a name, then what happens next. An account is needed only for the second step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.errors import AgreementChanged, AlreadyAsked, AskedOften, NameTaken
from groups.forms import AgreeForm, AskForm, NameAndWordsForm
from groups.http import came_by_link, limits_in_paragraphs, visible_group
from groups.models import Acceptance, Agreement, Group, Membership
from groups.policies import has_agreed
from groups.services import (
    ask_to_join,
    ask_to_stay,
    change_request,
    own_words,
    read_talk,
    talk_of,
    withdraw_request,
)
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.models import Organisation
from people.policy import can

AGREED = "agreed"  # in the visit: which version of each group's agreement was ticked
OTHERS = 3  # groups to look at where one takes nobody
SHOWN = {"requested", "waitlisted", "visiting", "declined", "visited"}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    group = _group_to_ask(request, slug)
    if elsewhere := _not_here(request, group):
        return elsewhere
    if _came_and_agreed(request, group):
        return redirect("groups:ask-name", group.slug)
    agreement = group.agreement
    form = AgreeForm(posted(request), agreement=agreement)
    if form.is_valid():
        request.session[AGREED] = request.session.get(AGREED, {}) | {group.slug: form.holds}
        return redirect("groups:ask-name", group.slug)
    context = {
        "group": group,
        "agreement": agreement,
        "form": form,
        "readers": _readers(group),
        "limits": limits_in_paragraphs(),
        "duties": group.memberships.facilitators().exclude(duty="").by_name(),
    }
    return render(request, "groups/ask.html", context, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_name(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _group_to_ask(request, slug)
    if elsewhere := _not_here(request, group):
        return elsewhere
    agreement = group.agreement
    ticked = request.session.get(AGREED, {}).get(group.slug) == (str(agreement.version) if agreement else "")
    if not ticked and not _came_and_agreed(request, group):
        return redirect("groups:ask", group.slug)
    readers = _readers(group)
    form = AskForm(posted(request), group=group, readers=readers, user=request.user)
    if form.is_valid() and (answer := _asked(request, group, agreement, form)):
        return answer
    hours = group.memberships.facilitators().exclude(hours="").by_name()
    context = {"group": group, "form": form, "readers": readers, "hours": hours}
    return render(request, "groups/ask_name.html", context, status=refused_status(form))


@login_required
@require_safe
def ask_sent(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = _own_request(request, slug)
    if mine is None:
        return redirect(get_object_or_404(Group.objects.visible_to(request.user), slug=slug))
    if mine.state not in SHOWN:
        return redirect(mine.group)
    talk = talk_of(mine) if mine.is_waiting else None
    context = {
        "group": mine.group,
        "mine": mine,
        "words": own_words(request.user, membership=mine),
        "talk": talk,
        "how": read_talk(request.user, talk=talk) if talk else "",
        "readers": _readers(mine.group),
        "answer_by": mine.answer_by(Organisation.current().answer_days),
        "acceptance": Acceptance.objects.filter(user=request.user, agreement__group=mine.group).order_by("-at").first(),
        "suggestion": _suggested(request, mine),
        "may_ask": can(request.user, "group.ask", mine.group),
    }
    return render(request, "groups/ask_sent.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_change(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put right what was sent, while nobody has answered."""
    mine = _own_request(request, slug)
    if mine is None:
        raise Http404
    if not mine.is_waiting:
        return redirect("groups:ask-sent", slug)
    stands = {"alias": mine.alias, "pronouns": mine.pronouns, "answer": "mail" if mine.by_mail else "site"}
    stands["words"] = own_words(request.user, membership=mine)
    form = NameAndWordsForm(posted(request), readers=_readers(mine.group), initial=stands)
    if form.is_valid():
        try:
            change_request(request.user, membership=mine, **form.answers())
            messages.success(request, _("Saved."))
            return redirect("groups:ask-sent", slug)
        except NameTaken as taken:
            form.add_error("alias", str(taken))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"group": mine.group, "mine": mine, "form": form}
    return render(request, "groups/ask_change.html", context, status=refused_status(form))


@login_required
@require_POST
def ask_stay(request: SignedInRequest, slug: str) -> HttpResponse:
    """Make a visit into a request, or in an open group into a place."""
    mine = _own_request(request, slug)
    if mine is None:
        raise Http404
    try:
        if ask_to_stay(request.user, membership=mine).belongs:
            messages.success(request, _("You belong here now. Good to have you here."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:ask-sent", slug)


@login_required
@require_POST
def ask_withdraw(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = _own_request(request, slug)
    group = mine.group if mine else get_object_or_404(Group.objects.visible_to(request.user), slug=slug)
    if mine and mine.can_be_decided:
        try:
            withdraw_request(request.user, membership=mine)
            messages.success(
                request, _("You took your request back. What you wrote is erased. You can ask again any time.")
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect(group if group.listed else "groups:list")


def _group_to_ask(request: HttpRequest, slug: str) -> Group:
    """For those who may see it, who came by its link, or who were there once to see; else 404."""
    groups = Group.objects.with_counts()
    if request.user.is_authenticated:
        came = Membership.objects.filter(user=request.user, state=Membership.State.VISITED)
        if group := groups.filter(slug=slug, pk__in=came.values("group")).first():
            return group
    return visible_group(request, slug, groups)


def _own_request(request: SignedInRequest, slug: str) -> Membership | None:
    """What this person last had to do with the group. Somebody blocked has nothing to look at."""
    rows = Membership.objects.filter(user=request.user, group__slug=slug).select_related("group", "user")
    mine = rows.order_by("-pk").first()
    return mine if mine and mine.state != Membership.State.BLOCKED else None


def _suggested(request: SignedInRequest, mine: Membership) -> Group | None:
    """The group that was named with the answer, as long as this person may look at it."""
    found = Group.objects.visible_to(request.user)
    return found.filter(pk=mine.suggestion_id).first() if mine.suggestion_id else None


def _came_and_agreed(request: HttpRequest, group: Group) -> bool:
    """Who was there once to see has said yes already, as long as that version holds."""
    if not request.user.is_authenticated:
        return False
    last = Membership.objects.filter(user=request.user, group=group).order_by("-pk").first()
    return last is not None and last.came_once and has_agreed(request.user, group)


def _not_here(request: HttpRequest, group: Group) -> HttpResponse | None:
    """Where somebody goes who has asked, who belongs, or for whom the door is shut."""
    link = came_by_link(request, group)
    if request.user.is_authenticated:
        mine = group.memberships.open().filter(user=request.user).first()
        if mine and mine.state != Membership.State.BLOCKED:
            return redirect("groups:ask-sent", group.slug)
        by_link = link is not None and can(request.user, "group.ask_by_link", link)
        if mine or not (by_link or can(request.user, "group.ask", group)):
            return _closed(request, group)
    if not (group.takes_requests or (link and group.takes_invited)):
        return _closed(request, group)
    return None


def _closed(request: HttpRequest, group: Group) -> HttpResponse:
    """The same page for whatever reason, with a few groups that this person could come to instead."""
    others = Group.objects.like(group)
    if request.user.is_authenticated:
        others = others.exclude(pk__in=Membership.objects.open().filter(user=request.user).values("group"))
    return render(request, "groups/ask_closed.html", {"group": group, "others": others[:OTHERS]})


def _asked(request: SignedInRequest, group: Group, agreement: Agreement | None, form: AskForm) -> HttpResponse | None:
    """Send the request off. None when the form has something to fix."""
    link = came_by_link(request, group)
    try:
        made = ask_to_join(request.user, group=group, agreement=agreement, link=link, **form.answers())
        if made.belongs:
            messages.success(request, _("You belong here now. Good to have you here."))
    except NameTaken as taken:
        form.add_error("alias", str(taken))
        return None
    except AskedOften as often:
        form.add_error(None, str(often))
        return None
    except AlreadyAsked:
        pass
    except AgreementChanged as changed:
        messages.error(request, str(changed))
        return redirect("groups:ask", group.slug)
    except Refused:
        return redirect("groups:ask", group.slug)
    held = request.session.get(AGREED, {})
    request.session[AGREED] = {slug: version for slug, version in held.items() if slug != group.slug}
    return redirect("groups:ask-sent", group.slug)


def _readers(group: Group) -> str:
    """Who reads a request, by name."""
    names = [seat.alias for seat in group.memberships.facilitators().by_name() if seat.alias]
    return get_text_list(names, _("and")) if names else _("The facilitators")
