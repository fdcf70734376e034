"""What somebody who runs a group does about their own part in it: words, days away, and stepping down."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import AwayOverlaps, CannotStandIn, DayIsPast, GroupFull, LastFacilitator
from groups.forms import AwayForm, SeatForm, StepDownForm
from groups.models import Away, Group, Membership
from groups.querysets import MembershipQuerySet
from groups.services import can_stop, come_back, go_away, may_stand_in, say_about_me, step_down
from people.http import SignedInRequest, posted, refused_status
from people.models import Organisation

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def me(request: SignedInRequest, slug: str) -> HttpResponse:
    """What people of the group read about whoever runs it, and when they are away."""
    seat = _own_seat(request, slug)
    form = SeatForm(posted(request), seat=seat)
    if form.is_valid():
        say_about_me(request.user, seat=seat, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("groups:me", slug)
    aways = seat.aways.not_over(seat.group.today).of_those_who_run()
    context = {"group": seat.group, "seat": seat, "form": form, "aways": aways}
    return render(request, "groups/me.html", context, status=refused_status(form))


@login_required
@form_page
def away(request: SignedInRequest, slug: str) -> HttpResponse:
    seat = _own_seat(request, slug)
    form = AwayForm(posted(request), seat=seat)
    if form.is_valid():
        try:
            made = go_away(request.user, seat=seat, **form.cleaned_data)
            _say_it_is_kept(request, made)
            return redirect("groups:me", slug)
        except (DayIsPast, AwayOverlaps) as refusal:
            form.add_error("starts_on", str(refusal))
        except CannotStandIn as refusal:
            form.add_error("cover", str(refusal))
    context = {"group": seat.group, "seat": seat, "form": form, "alone": not may_stand_in(seat).exists()}
    return render(request, "groups/away.html", context, status=refused_status(form))


@login_required
@require_POST
def away_end(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    own = Away.objects.filter(seat__in=Membership.objects.facilitated_by(request.user), seat__group__slug=slug)
    come_back(request.user, away=get_object_or_404(own, public_id=public_id))
    messages.success(request, _("You are there again. Members read it on their next visit."))
    return redirect("groups:me", slug)


@login_required
@form_page
def stop(request: SignedInRequest, slug: str) -> HttpResponse:
    """Stop running the group: a page that says what happens, and who can help where nobody else runs it."""
    seat = get_object_or_404(_seats(request).exclude(group__kind=Group.Kind.PAIR), group__slug=slug)
    form = StepDownForm(posted(request))
    if form.is_valid():
        leaves = form.cleaned_data["then"] == "leave"
        try:
            step_down(request.user, seat=seat, leaves=leaves)
            messages.success(request, _("You do not run this group any more. Thank you for all you gave it."))
            return redirect("groups:list" if leaves else seat.group)
        except (LastFacilitator, GroupFull) as refusal:
            form.add_error(None, str(refusal))
    context = {"group": seat.group, "seat": seat, "form": form, "possible": can_stop(seat)}
    context["contact"] = Organisation.current().contact
    return render(request, "groups/step_down.html", context, status=refused_status(form))


def _seats(request: SignedInRequest) -> MembershipQuerySet:
    return Membership.objects.facilitated_by(request.user).select_related("group")


def _own_seat(request: SignedInRequest, slug: str) -> Membership:
    return get_object_or_404(_seats(request), group__slug=slug)


def _say_it_is_kept(request: SignedInRequest, made: Away) -> None:
    if made.cover is not None:
        words = _("Saved. %(name)s is the contact for members meanwhile.") % {"name": made.cover.alias}
        messages.success(request, words)
    elif may_stand_in(made.seat).exists():
        messages.success(request, _("Saved. The others who run the group are there meanwhile."))
    else:
        messages.warning(request, _("Saved. Nobody else runs this group, so admins see that you are away."))
