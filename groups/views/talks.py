"""A short welcome talk: offered and marked by those who run the group, answered by the person who asks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import BadTime
from groups.forms import TalkAnswerForm, TalkForm
from groups.models import Membership
from groups.services import answer_talk, mark_talk_held, offer_talk, read_talk, talk_of
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Offer a time, or another one. The times are on the clock of whoever offers."""
    asked = _asked(request, slug, public_id)
    stands = talk_of(asked)
    how = read_talk(request.user, talk=stands) if stands and request.method != "POST" else ""
    form = TalkForm(posted(request), zone=request.user.zone, at=stands.at if stands else None, how=how)
    if form.is_valid() and _offered(request, asked, form):
        return redirect("groups:request", slug, asked.public_id)
    context = {"group": asked.group, "asked": asked, "form": form, "talk": stands}
    return render(request, "groups/talk.html", context, status=refused_status(form))


@login_required
@require_POST
def talk_held(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    asked = _asked(request, slug, public_id)
    try:
        mark_talk_held(request.user, membership=asked)
        messages.success(request, _("Saved."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:request", slug, asked.public_id)


@login_required
@require_POST
def talk_answer(request: SignedInRequest, slug: str) -> HttpResponse:
    """The person's own answer to the time that stood on their page."""
    rows = Membership.objects.open().filter(user=request.user, talk__isnull=False).select_related("group", "user")
    mine = get_object_or_404(rows, group__slug=slug)
    form = TalkAnswerForm(request.POST)
    if form.is_valid():
        yes = form.cleaned_data["answer"] == "yes"
        try:
            answer_talk(request.user, membership=mine, yes=yes, seen=form.cleaned_data["seen"])
            messages.success(request, _("They know that you come.") if yes else _("They know. Your request stays."))
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("groups:ask-sent", slug)


def _asked(request: SignedInRequest, slug: str, public_id: str) -> Membership:
    rows = Membership.objects.decided_by(request.user).select_related("group", "user")
    return get_object_or_404(rows, group__slug=slug, public_id=public_id)


def _offered(request: SignedInRequest, asked: Membership, form: TalkForm) -> bool:
    said = form.cleaned_data
    try:
        offer_talk(request.user, membership=asked, at=said["at"], how=said["how"], seen=said["seen"])
    except BadTime as refusal:
        form.add_error("day", str(refusal))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Your offer is on its way to %(name)s.") % {"name": asked.alias})
    return True
