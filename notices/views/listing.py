"""A person's own list of what they were told."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from notices.areas import AREAS, Area
from notices.models import Notice
from notices.querysets import NoticeQuerySet
from notices.registry import names, topic
from notices.services import mark_all_read, mark_read
from people.http import SignedInRequest
from people.models import User

PER_PAGE = 25
LAST_PAGE = 200  # somebody who looks further back than 5,000 lines looks for something else
MANY = 100
GONE = (
    ObjectDoesNotExist,
    ValidationError,
    LookupError,
    ValueError,
    NoReverseMatch,
    TypeError,
    AttributeError,
)  # what a notice was about is not there any more, or its ids are not what its topic knows


class Row(NamedTuple):
    """One line of the list."""

    notice: Notice
    line: str

    @property
    def is_new(self) -> bool:
        return self.notice.read_at is None


@login_required
@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    """What is new stands first; looking marks nothing."""
    area, number = _area(request.GET.get("area")), _page(request.GET.get("page"))
    mine = Notice.objects.visible_to(request.user)
    found = list(_in_order(_about(mine, area))[(number - 1) * PER_PAGE : number * PER_PAGE + 1])
    new = _about(mine, area).unread().how_many(MANY)
    context = {
        "rows": _rows(found[:PER_PAGE], request.user),
        "areas": _areas_with_something(mine),
        "area": area,
        "new": new,
        "many_new": new == MANY,
        "number": number,
        "has_more": len(found) > PER_PAGE and number < LAST_PAGE,
    }
    return render(request, "notices/list.html", context)


@login_required
@require_POST
def notice_open(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Seen, and on to the page it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
    mark_read(request.user, notice=notice)
    try:
        return redirect(topic(notice.topic).link(notice.ids, request.user))
    except GONE:
        messages.info(request, _("That is not there any more. There is nothing you need to do."))
        return redirect("notices:list")


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """All that is new has been seen, or all that the filter showed."""
    area = _area(request.POST.get("area"))
    number = mark_all_read(request.user, topics=_topics_of(area) if area else None)
    if number:
        words = ngettext("%(n)s marked as read.", "%(n)s marked as read.", number) % {"n": number}
        messages.success(request, words)
    back = reverse("notices:list")
    return redirect(f"{back}?area={area.name}" if area else back)


def _rows(notices: Sequence[Notice], user: User) -> list[Row]:
    """Their lines. A topic that has to look something up does so for all of its notices at once."""
    by_topic: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_topic[notice.topic].append(notice)
    lines = {notice.pk: line for name, some in by_topic.items() for notice, line in _lines(name, some, user)}
    return [Row(notice, lines[notice.pk]) for notice in notices]


def _lines(name: str, notices: list[Notice], user: User) -> list[tuple[Notice, str]]:
    lines = topic(name).lines if name in names() else None
    try:
        found = lines([notice.ids for notice in notices], user) if lines else []
    except GONE:  # one of them: then each says its own
        found = []
    return list(zip(notices, found or [_line(notice, user) for notice in notices], strict=True))


def _line(notice: Notice, user: User) -> str:
    try:
        return topic(notice.topic).line(notice.ids, user)
    except GONE:
        return _("This was about something that is not there any more.")


def _in_order(notices: NoticeQuerySet) -> NoticeQuerySet:
    first = Case(When(read_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return notices.order_by(first, "-created_at", "-pk")


def _about(notices: NoticeQuerySet, area: Area | None) -> NoticeQuerySet:
    return notices.filter(topic__in=_topics_of(area)) if area else notices


def _topics_of(area: Area) -> list[str]:
    return [name for name in names() if topic(name).area == area.name]


def _areas_with_something(notices: NoticeQuerySet) -> list[Area]:
    """Those that something stands under; a filter that finds nothing helps nobody."""
    told = set(notices.order_by().values_list("topic", flat=True).distinct())
    theirs = {topic(name).area for name in told.intersection(names())}
    return [area for area in AREAS.values() if area.name in theirs]


def _area(name: str | None) -> Area | None:
    return AREAS.get(name or "")


def _page(number: str | None) -> int:
    """A page that there can be; anything else is the first."""
    wanted = int(number) if number and number.isdecimal() and len(number) < 4 else 1
    return min(max(wanted, 1), LAST_PAGE)
