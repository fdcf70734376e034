"""An invitation, from the link in the mail to the place in the group."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.errors import InvitationGone
from groups.http import forget_invitation, limits_in_paragraphs, remember_invitation
from groups.invitation_forms import TakeForm
from groups.letters import read_token, taken_with
from groups.models import Invitation, Membership
from groups.services import take_invitation
from people.errors import Refused
from people.http import SignedInRequest, refused_status

WAYS_IN = {"signup": "account_signup", "login": "account_login"}


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The letter behind the link. No copy of it stays on the device, signed in or not (safety.md T2)."""
    response = _opened(request, token)
    patch_cache_control(response, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _opened(request: HttpRequest, token: str) -> HttpResponse:
    """For somebody signed out the ways in, for somebody signed in the yes."""
    letter = read_token(token)
    if letter and _is_kept_out(request, letter):
        return _gone(request)
    if not request.user.is_authenticated:
        return _ways_in(request, token, letter)
    signed_in = cast(SignedInRequest, request)
    if letter is None:
        forget_invitation(request)
        taken = taken_with(signed_in.user, token)
        return _inside(taken) if taken else _gone(request)
    return _say_yes(signed_in, letter)


def _is_kept_out(request: HttpRequest, letter: Invitation) -> bool:
    """Whoever is blocked meets what everybody meets when a letter is too old, before they typed anything."""
    if not (request.user.is_authenticated and letter.group):
        return False
    return letter.group.memberships.filter(user=request.user, state=Membership.State.BLOCKED).exists()


def _ways_in(request: HttpRequest, token: str, letter: Invitation | None) -> HttpResponse:
    if letter is None:
        return _gone(request)
    way = WAYS_IN.get(request.POST.get("way", ""))
    if way is None:
        return render(request, "groups/invitation_outside.html", {"letter": letter})
    remember_invitation(request, token)
    return redirect(way)


def _say_yes(request: SignedInRequest, letter: Invitation) -> HttpResponse:
    form = TakeForm(request.POST if request.method == "POST" else None, letter=letter, reader=request.user)
    if form.is_valid():
        try:
            taken = take_invitation(request.user, invitation=letter, **form.answer())
        except InvitationGone:
            return _gone(request)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            forget_invitation(request)
            messages.success(request, _("You are in. Good to have you here."))
            return _inside(taken)
    context = {"letter": letter, "form": form, "limits": limits_in_paragraphs()}
    if letter.group:
        context["duties"] = letter.group.memberships.facilitators().exclude(duty="").by_name()
    return render(request, "groups/invitation.html", context, status=refused_status(form))


def _inside(taken: Invitation) -> HttpResponse:
    return redirect(taken.group) if taken.group else redirect("home:home")


def _gone(request: HttpRequest) -> HttpResponse:
    """One page for used, old, taken back and made up: it tells nothing apart."""
    return render(request, "groups/invitation_gone.html", status=404)
