"""/check-in/: a person's own question and answer, and the reading of one that was shared."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from checkins.forms import MoodForm, SayMoreForm
from checkins.models import CheckIn
from checkins.services import (
    answer_checkin,
    circles_of,
    read_words,
    say_more,
    skip_checkin,
    start_checkin,
    this_week,
)
from checkins.views.saying import around, initial_answer, kept_number, posted
from people.errors import Refused
from people.http import SignedInRequest, refused_status


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request: SignedInRequest) -> HttpResponse:
    """This week's question. Answering works even when nobody asked."""
    found = this_week(request.user)
    if found and found.is_answered and request.method != "POST":
        return redirect("checkins:answered", found.public_id)
    if "skip" in request.POST:
        return _skip(request)
    form = MoodForm(posted(request))
    if form.is_valid():
        return _answer(request, start_checkin(request.user), form.cleaned_data["mood"])
    context = {"form": form, "checkin": found}
    return render(request, "checkins/checkin.html", context, status=refused_status(form))


def _answer(request: SignedInRequest, row: CheckIn, mood: int) -> HttpResponse:
    """Keep it; midnight may have come between the page and the button."""
    try:
        answer_checkin(request.user, checkin=row, mood=mood)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("checkins:answered", row.public_id)


def _skip(request: SignedInRequest) -> HttpResponse:
    try:
        skip_checkin(request.user, checkin=start_checkin(request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Skipped. We will not chase you."))
    return redirect("home:home")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answered(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What was answered, and more about it for its own person; for facilitators what was shared."""
    rows = CheckIn.objects.visible_to(request.user).select_related("user", "group")
    row = get_object_or_404(rows, public_id=public_id)
    if row.user_id != request.user.pk:
        return _read_shared(request, row)
    if not row.is_answered:
        return redirect("checkins:checkin")
    circles = circles_of(request.user)
    words = read_words(request.user, checkin=row)
    form = SayMoreForm(
        posted(request),
        person=request.user,
        circles=circles,
        has_number=kept_number(row),
        initial=initial_answer(row) | {"words": words},
    )
    if form.is_valid() and _keep(request, row, form):
        return redirect("checkins:answered", row.public_id)
    context = around(row, circles, words) | {"form": form, "words": words}
    return render(request, "checkins/answered.html", context, status=refused_status(form))


def _keep(request: SignedInRequest, row: CheckIn, form: SayMoreForm) -> bool:
    """Whether it was kept. What stands in the way is said over the words, which stay."""
    data = form.cleaned_data
    try:
        say_more(
            request.user,
            checkin=row,
            support=data.get("support", ""),
            words=data.get("words"),
            share=form.share,
            group=form.group,
            reach=data.get("reach", ""),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Kept. Thank you for telling us."))
    return True


def _read_shared(request: SignedInRequest, row: CheckIn) -> HttpResponse:
    if request.method == "POST":
        raise Http404
    words = read_words(request.user, checkin=row)
    person = CheckIn.objects.with_names().get(pk=row.pk)
    return render(request, "checkins/read.html", {"checkin": person, "words": words})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Pressed the wrong one? It can be changed until Sunday night."""
    row = get_object_or_404(CheckIn.objects.of(request.user).select_related("user"), public_id=public_id)
    if not row.is_answered:
        return redirect("checkins:checkin")
    if not row.is_changeable:
        return redirect("checkins:answered", row.public_id)
    form = MoodForm(posted(request), initial={"mood": row.mood})
    if form.is_valid():
        return _answer(request, row, form.cleaned_data["mood"])
    return render(request, "checkins/change.html", {"form": form, "checkin": row}, status=refused_status(form))
