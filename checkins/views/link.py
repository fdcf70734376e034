"""/c/<token>/: one question, opened from a mail. It needs no sign-in, and it does not sign in.

Whoever holds the mail may not be the person (safety.md T1): the page names nobody before an answer is
given, never shows words that were written, and once answered only the browser that answered goes on.
"""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from checkins.forms import MoodForm, SayMoreForm
from checkins.letters import opened_by
from checkins.models import CheckIn
from checkins.services import (
    WeekIsOver,
    answer_checkin,
    circles_of,
    is_answerable,
    last_change,
    read_words,
    say_more,
    skip_checkin,
)
from checkins.views.saying import around, initial_answer, kept_number, posted
from people.errors import Refused
from people.http import refused_status

MARK = "answered_here"
MARK_SECONDS = 900


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link. A GET never records."""
    checkin = opened_by(token)
    if checkin is None:
        response = closed(request)
    else:
        with timezone.override(checkin.user.zone), translation.override(checkin.user.locale):
            response = _opened(request, token, checkin)
    patch_cache_control(response, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _opened(request: HttpRequest, token: str, checkin: CheckIn) -> HttpResponse:
    if checkin.is_answered and request.user == checkin.user:
        return redirect("checkins:answered", checkin.public_id)
    if not is_answerable(checkin) or (checkin.is_answered and not _answered_here(request, checkin)):
        return closed(request)
    if checkin.is_answered and "change" not in request.GET and "mood" not in request.POST:
        return _say_more(request, token, checkin)
    return _question(request, token, checkin)


def _question(request: HttpRequest, token: str, checkin: CheckIn) -> HttpResponse:
    try:
        return _asked(request, token, checkin)
    except WeekIsOver:  # midnight came between the page and the button
        return closed(request)


def _asked(request: HttpRequest, token: str, checkin: CheckIn) -> HttpResponse:
    if "skip" in request.POST:
        skip_checkin(checkin.user, checkin=checkin)
        return render(request, "checkins/link_skipped.html")
    chosen = checkin.mood if checkin.is_answered else request.GET.get("a")
    form = MoodForm(posted(request), initial={"mood": chosen})
    if form.is_valid():
        answer_checkin(checkin.user, checkin=checkin, mood=form.cleaned_data["mood"])
        _mark(request, checkin)
        return redirect("checkins:link", token)
    context = {"form": form, "checkin": checkin, "token": token}
    return render(request, "checkins/link.html", context, status=refused_status(form))


def _say_more(request: HttpRequest, token: str, checkin: CheckIn) -> HttpResponse:
    circles = circles_of(checkin.user)
    words = read_words(checkin.user, checkin=checkin)  # never shown here
    form = SayMoreForm(
        posted(request),
        person=checkin.user,
        circles=circles,
        name_groups=False,
        has_number=kept_number(checkin),
        initial=initial_answer(checkin),
    )
    if form.is_valid() and _keep(checkin, form):
        _mark(request, checkin)
        return redirect("checkins:link", token)
    context = around(checkin, circles, words) | {
        "form": form,
        "token": token,
        "written": bool(words),
        "said": checkin.share or checkin.support,
    }
    return render(request, "checkins/link_answered.html", context, status=refused_status(form))


def _keep(checkin: CheckIn, form: SayMoreForm) -> bool:
    """Words that were written before stay unless new ones take their place: they are not shown here."""
    data = form.cleaned_data
    try:
        say_more(
            checkin.user,
            checkin=checkin,
            support=data.get("support", ""),
            words=data.get("words") or None,
            share=form.share,
            group=form.group,
            reach=data.get("reach", ""),
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


def _mark(request: HttpRequest, checkin: CheckIn) -> None:
    """This browser gave the answer, as it stands now."""
    request.session[MARK] = [str(checkin.public_id), timezone.now().timestamp(), last_change(checkin)]


def _answered_here(request: HttpRequest, checkin: CheckIn) -> bool:
    """Whether this browser gave the answer a little while ago, and the person has said nothing elsewhere since.

    Whoever holds the mail may have answered first: they neither see nor undo what she says after that (T1).
    """
    mark = cast("list[object]", request.session.get(MARK, []))
    if len(mark) != 3 or mark[0] != str(checkin.public_id):
        return False
    fresh = timezone.now().timestamp() - float(str(mark[1])) < MARK_SECONDS
    return fresh and mark[2] == last_change(checkin)


def closed(request: HttpRequest) -> HttpResponse:
    """The same page for a used, an old and a foreign link. What came too late to be kept stays to be copied."""
    context = {"title": _("This link has done its work"), "typed": request.POST.get("words", "")}
    return render(request, "checkins/link_closed.html", context, status=404)
