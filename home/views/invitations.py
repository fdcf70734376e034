"""Where admins invite people, see which letters are still open, and take one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.letters import OPEN_FOR, invite, revoke_invitation
from groups.models import Group, Invitation
from home.forms import InviteForm
from people.http import SignedInRequest, posted, refused_status
from people.policy import ensure

PER_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "invitation.make")
    groups = Group.objects.visible_to(request.user).beyond_pairs().exclude(state=Group.State.ARCHIVED).order_by("name")
    form = InviteForm(posted(request), groups=groups, initial=_chosen(request))
    if form.is_valid():
        letters = invite(request.user, **form.cleaned_data)
        sent = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", len(letters))
        messages.success(request, sent % {"n": len(letters)})
        return redirect("home:invitations")
    context = {"form": form, "days": OPEN_FOR.days}
    return render(request, "home/manage_invite.html", context, status=refused_status(form))


@login_required
@require_safe
def invitation_list(request: SignedInRequest) -> HttpResponse:
    """The letters that nobody has taken yet, the newest first."""
    ensure(request.user, "invitation.make")
    letters = Invitation.objects.visible_to(request.user).open().select_related("group", "invited_by")
    page = Paginator(letters.order_by("-expires_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "home/manage_invitations.html", {"page": page, "query": ""})


@login_required
@require_POST
def invitation_revoke(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "invitation.make")
    letter = get_object_or_404(Invitation.objects.visible_to(request.user), public_id=public_id)
    if revoke_invitation(request.user, invitation=letter).revoked_at:
        messages.success(request, _("Taken back. The link in that message opens nothing now."))
    else:
        messages.info(request, _("They came in before you took it back. They are among the members."))
    return redirect("home:invitations")


def _chosen(request: SignedInRequest) -> dict[str, str]:
    """What the way here has chosen already: a role, a group."""
    return {name: request.GET.get(name, "") for name in ("role", "group")}
