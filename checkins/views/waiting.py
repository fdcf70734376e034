"""/follow-up/waiting/: that something waits unseen, and in which group. No name, no reason, no words (T13)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checkins.forms.duty import LookForm
from checkins.models import FollowUp
from checkins.services import CannotLook, NoLongerWaits, ask_to_look, waiting_for
from people.http import SignedInRequest
from people.models import User
from people.policy import can


@login_required
@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    """The longest wait first."""
    return _page(request)


@login_required
@require_POST
def ask(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask somebody to look. What somebody looked at meanwhile is gone from the list, and that is said."""
    row = get_object_or_404(FollowUp.objects.overseen_by(request.user), public_id=public_id)
    one = next((one for one in waiting_for(request.user) if one.followup == row), None)
    form = LookForm(request.POST, people=one.people if one else [])
    if one and not form.is_valid():
        return _page(request, refused=row, form=form)
    try:
        person = get_object_or_404(User, public_id=form.cleaned_data["person"]) if one else request.user
        ask_to_look(request.user, followup=row, person=person)
        messages.success(request, _("Asked. They are told now."))
    except (NoLongerWaits, CannotLook) as refusal:
        messages.error(request, str(refusal))
    return redirect("checkins:waiting")


def _page(request: SignedInRequest, refused: FollowUp | None = None, form: LookForm | None = None) -> HttpResponse:
    if not can(request.user, "followup.oversee"):
        raise Http404
    rows = waiting_for(request.user)
    shown = [
        (row, form if row.followup == refused else LookForm(people=row.people, number=n)) for n, row in enumerate(rows)
    ]
    context = {"rows": shown, "errors": form}
    return render(request, "checkins/waiting.html", context, status=422 if refused else 200)
