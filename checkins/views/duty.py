"""/groups/…/run/duty/: who reads first. /manage/reading/: where somebody does, and where nobody does."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkins.forms.duty import DutyForm
from checkins.services import NotRunning, duties_of, end_duty, reads_first, seats_of, set_duty
from groups.models import Group
from people.http import SignedInRequest, posted, refused_status
from people.open_hours import hours_words
from people.policy import ensure
from people.words import zone_words


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who reads first, and what members read about it."""
    group = _group(request, slug)
    held = duties_of([group]).get(group.pk)
    form = DutyForm(posted(request), group=group, duty=held, reader=request.user)
    if form.is_valid():
        try:
            set_duty(request.user, group=group, **form.cleaned_data)
            messages.success(request, _("Saved. Members read it from now on."))
            return redirect("checkins:duty", slug)
        except NotRunning as refusal:
            form.add_error("reader", str(refusal))
    context = {"group": group, "form": form, "duty": held, "reader": reads_first(held, list(seats_of([group])))}
    context |= {"hours": hours_words(held.open_hours) if held else "", "clock": zone_words(group.time_zone)}
    return render(request, "checkins/duty.html", context, status=refused_status(form))


@login_required
@require_POST
def duty_end(request: SignedInRequest, slug: str) -> HttpResponse:
    """Nobody reads first. The page it leads back to is where somebody is chosen again."""
    end_duty(request.user, group=_group(request, slug))
    messages.success(request, _("Nobody reads first now, so nobody is asked for words."))
    return redirect("checkins:duty", slug)


def _group(request: SignedInRequest, slug: str) -> Group:
    return get_object_or_404(Group.objects.run_by(request.user).exclude(state=Group.State.ARCHIVED), slug=slug)


@login_required
@require_safe
def unread(request: SignedInRequest) -> HttpResponse:
    """Every open group, and who reads first there; those where nobody does stand at the top."""
    ensure(request.user, "load.see")
    groups = list(Group.objects.beyond_pairs().filter(state=Group.State.OPEN).by_name())
    duties, seats = duties_of(groups), list(seats_of(groups))
    rows = [
        (group, held, reads_first(held, [seat for seat in seats if seat.group_id == group.pk]))
        for group in groups
        for held in [duties.get(group.pk)]
    ]
    said = [(group, seat, hours_words(held.open_hours) if held else "", held) for group, held, seat in rows]
    return render(request, "checkins/reading.html", {"rows": sorted(said, key=lambda row: row[1] is not None)})
