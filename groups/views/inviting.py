"""Where those who run a group bring people in: the link that is passed on, and letters to addresses."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import NotTakingPeople
from groups.forms import LettersForm, LinkForm
from groups.letters import OPEN_FOR, invite, revoke_invitation, send_again
from groups.models import Group, Invitation
from groups.services import make_link, open_link, revoke_link
from groups.services.linking import link_token
from people.http import SignedInRequest, posted, refused_status

LETTERS_A_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.bringing_people_in(request.user), slug=slug)
    form = LinkForm(posted(request))
    if form.is_valid():
        make_link(request.user, group=group, days=form.cleaned_data["days"])
        messages.success(request, _("The link is made. One that stood here before opens nothing now."))
        return redirect("groups:link", slug)
    standing = open_link(group)
    address = settings.SITE_URL + reverse("groups:come", args=[link_token(standing)]) if standing else ""
    context = {"group": group, "link": standing, "address": address, "form": form}
    return render(request, "groups/link.html", context, status=refused_status(form))


@login_required
@require_POST
def link_revoke(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.bringing_people_in(request.user), slug=slug)
    revoke_link(request.user, group=group)
    messages.success(request, _("Taken back. The link opens nothing now."))
    return redirect("groups:link", slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.bringing_people_in(request.user), slug=slug)
    form = LettersForm(posted(request))
    if form.is_valid() and _sent(request, group, form):
        return redirect("groups:letters", slug)
    open_letters = Invitation.objects.kept_by(request.user, group).open().order_by("-expires_at", "-pk")
    page = Paginator(open_letters, LETTERS_A_PAGE).get_page(request.GET.get("page"))
    context = {"group": group, "form": form, "page": page, "days": OPEN_FOR.days}
    return render(request, "groups/letters.html", context, status=refused_status(form))


@login_required
@require_POST
def letter_revoke(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.bringing_people_in(request.user), slug=slug)
    letter = get_object_or_404(Invitation.objects.kept_by(request.user, group), public_id=public_id)
    if revoke_invitation(request.user, invitation=letter).revoked_at:
        messages.success(request, _("Taken back. The link in that message opens nothing now."))
    else:
        messages.info(request, _("They came in before you took it back. They are among the members."))
    return redirect("groups:letters", slug)


@login_required
@require_POST
def letter_again(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.bringing_people_in(request.user), slug=slug)
    letter = get_object_or_404(Invitation.objects.kept_by(request.user, group).open(), public_id=public_id)
    try:
        send_again(request.user, invitation=letter)
        messages.success(request, _("The invitation is on its way once more."))
    except NotTakingPeople as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:letters", slug)


def _sent(request: SignedInRequest, group: Group, form: LettersForm) -> bool:
    try:
        sent = invite(request.user, emails=form.cleaned_data["emails"], role=Invitation.Role.MEMBER, group=group)
    except NotTakingPeople as refusal:
        form.add_error(None, str(refusal))
        return False
    said = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", len(sent))
    messages.success(request, said % {"n": len(sent)})
    return True
