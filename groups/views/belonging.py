"""What somebody who belongs does: look at their groups, affirm the agreement, rename themself, rest, leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.errors import DayRefused, LastFacilitator, NameTaken, RunsIt
from groups.forms import FitForm, LeaveForm, PauseForm, PlaceNameForm
from groups.models import Group, Membership
from groups.panels import next_meeting_words
from groups.services import answer_fit, leave_group, pause, rename, resume
from people.http import SignedInRequest, posted, refused_status, safe_next
from people.models import User
from people.policy import can

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    open_places = Membership.objects.open().filter(user=request.user).exclude(state=Membership.State.BLOCKED)
    coming = open_places.beyond_pairs().exclude(role=Membership.Role.FACILITATOR).select_related("group")
    places = list(coming.order_by("group__name", "pk"))
    living = [place for place in places if place.group.state != Group.State.ARCHIVED]
    running = Group.objects.run_by(request.user).beyond_pairs().with_counts().with_requests().by_name()
    words = next_meeting_words([place.group for place in living])
    context = {
        "running": running.exclude(state=Group.State.ARCHIVED),
        "places": [(place, words.get(place.group_id, "")) for place in living],
        "ended": [place.group for place in places if place not in living]
        + list(Group.objects.run_by(request.user).filter(state=Group.State.ARCHIVED).by_name()),
        "put_out": _put_out_of(request.user),
        "mentoring": Group.objects.pairs_of(request.user).exists(),
    }
    return render(request, "groups/mine.html", context)


@login_required
@form_page
def name(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = _own_place(request, slug)
    form = PlaceNameForm(posted(request), initial={"alias": mine.alias, "pronouns": mine.pronouns})
    if form.is_valid():
        try:
            rename(request.user, membership=mine, **form.cleaned_data)
            messages.success(request, _("Saved. From now on you have this name here."))
            return redirect(mine.group)
        except NameTaken as taken:
            form.add_error("alias", str(taken))
    context = {"group": mine.group, "mine": mine, "form": form}
    return render(request, "groups/name.html", context, status=refused_status(form))


@login_required
@form_page
def take_break(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = _own_place(request, slug)
    started = {"how": "until" if mine.paused_until else "open", "until": mine.paused_until}
    form = PauseForm(posted(request), initial=started if mine.state == Membership.State.PAUSED else None)
    if form.is_valid():
        until = form.cleaned_data["until"] if form.cleaned_data["how"] == "until" else None
        try:
            pause(request.user, membership=mine, until=until)
            messages.success(request, _("You are taking a break. Your place stays yours."))
            return redirect(mine.group)
        except DayRefused as refusal:
            form.add_error("until", str(refusal))
        except RunsIt as refusal:
            form.add_error(None, str(refusal))
    context = {"group": mine.group, "mine": mine, "form": form}
    return render(request, "groups/pause.html", context, status=refused_status(form))


@login_required
@require_POST
def end_break(request: SignedInRequest, slug: str) -> HttpResponse:
    mine = _own_place(request, slug)
    resume(request.user, membership=mine)
    messages.success(request, _("Welcome back. Your place is as it was."))
    return redirect(mine.group)


@login_required
@form_page
def fit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Whether the group fits: for the person alone, and each answer leads somewhere."""
    mine = _own_place(request, slug)
    if mine.fit_asked_at is None:
        raise Http404
    form = FitForm(posted(request))
    if form.is_valid():
        answer_fit(request.user, membership=mine, answer=form.cleaned_data["answer"])
        if form.cleaned_data["answer"] != Membership.Fit.PASS:
            return redirect("groups:fit", slug)
        messages.success(request, _("All right. Nobody asks you again."))
        return redirect(safe_next(request, mine.group.get_absolute_url()))
    names = [seat.alias for seat in mine.group.memberships.facilitators().by_name() if seat.alias]
    context = {"group": mine.group, "mine": mine, "form": form, "readers": get_text_list(names, _("and"))}
    return render(request, "groups/fit.html", context, status=refused_status(form))


@login_required
@form_page
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    if Group.objects.pairs_of(request.user).filter(slug=slug).exists():
        return redirect("groups:pair-end", slug)
    mine = _own_place(request, slug)
    form = LeaveForm(posted(request))
    if form.is_valid():
        try:
            leave_group(request.user, membership=mine, **form.cleaned_data)
            messages.success(request, _("You have left. You are welcome back any time."))
            return redirect("groups:left", slug)
        except LastFacilitator as last:
            form.add_error(None, str(last))
    hours = mine.group.memberships.facilitators().exclude(hours="").by_name()
    context = {"group": mine.group, "mine": mine, "form": form, "hours": hours}
    return render(request, "groups/leave.html", context, status=refused_status(form))


@login_required
@require_safe
def left(request: SignedInRequest, slug: str) -> HttpResponse:
    """After a place has ended: what happened, and what is open now. For the person alone."""
    own = Membership.objects.filter(user=request.user, group__slug=slug).select_related("group")
    last = own.order_by("-pk").first()
    if last is None or not own.parted().filter(pk=last.pk).exists():
        raise Http404
    group = last.group
    seen = Group.objects.visible_to(request.user).filter(pk=group.pk).exists()
    context = {"group": group, "mine": last, "seen": seen, "may_ask": seen and can(request.user, "group.ask", group)}
    return render(request, "groups/left.html", context)


def _own_place(request: SignedInRequest, slug: str) -> Membership:
    """The reader's place in a group they belong to; 404 for everybody else."""
    places = Membership.objects.belonging().beyond_pairs().select_related("group", "user")
    return get_object_or_404(places, user=request.user, group__slug=slug)


def _put_out_of(reader: User) -> list[Membership]:
    """Places that somebody else ended, where the person has not come in again since."""
    ended = Membership.objects.put_out().filter(user=reader).select_related("group").order_by("group", "-pk")
    newer = Membership.objects.filter(user=reader, group=OuterRef("group"), pk__gt=OuterRef("pk"))
    return list(ended.exclude(Exists(newer)).distinct("group"))
