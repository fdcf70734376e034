"""Planning sessions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.models import Group
from people.errors import Refused
from people.http import SignedInRequest
from people.words import zone_words
from sessions.forms import SeriesForm
from sessions.services import create_series
from sessions.views.pages import READ_AND_SEND
from sessions.views.refusals import refused


@login_required
@READ_AND_SEND
def series_create(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    if group.state != Group.State.OPEN:
        return refused(request, _("Sessions can be added once the group is open"), session=None, status=409)
    form = SeriesForm(request.POST if request.method == "POST" else None, group=group, actor=request.user)
    adding = form.is_bound and not {"preview", "all"} & set(request.POST)
    if adding and form.is_valid() and form.is_ready:
        try:
            return _add(request, group, form)
        except Refused as no:
            form = _once_more(request, group, no)
    context = {"group": group, "form": form, "made": form.looked_at, "zone": zone_words(group.time_zone)}
    context["asks_again"] = adding and form.preview is not None
    return render(request, "sessions/series_form.html", context, status=422 if form.errors else 200)


def _add(request: SignedInRequest, group: Group, form: SeriesForm) -> HttpResponse:
    create_series(request.user, group=group, **form.plan_values)
    count = form.cleaned_data["preview"].count
    words = ngettext("%(count)s session is in the schedule", "%(count)s sessions are in the schedule", count)
    messages.success(request, words % {"count": count})
    return redirect("home:workspace", slug=group.slug)


def _once_more(request: SignedInRequest, group: Group, no: Refused) -> SeriesForm:
    """The form as it is by now: what somebody else did since it was looked at is a clash on it, or said at a field."""
    form = SeriesForm(request.POST, group=group, actor=request.user)
    if form.is_valid() and form.is_ready:
        form.add_error(None, str(no))
    return form
