"""What anybody may look at: the list of groups and the page of each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groups.forms import DirectoryForm
from groups.http import came_by_link, visible_group
from groups.models import Area, Away, Group, Membership
from groups.panels import next_meeting_words, panels_for
from groups.policies import has_agreed
from groups.querysets import AwayQuerySet
from groups.words import distance_words
from people.policy import can

GROUPS_A_PAGE = 12
COUNTED = 100  # beyond it we say "more than"
SITEMAP_HOLDS = 50_000  # as sitemaps.org allows


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    search = DirectoryForm(request.GET)
    shut = _shut_to(request)
    found = search.found_in(Group.objects.listed())
    if shut and search.cleaned_data["room"]:
        found = found.exclude(pk__in=shut)
    keys, count = found.page_and_count(
        GROUPS_A_PAGE + 1, COUNTED, after=_shown_last(request), areas=search.areas_from_near
    )
    groups = _whole(keys[:GROUPS_A_PAGE])
    context = {
        "search": search,
        "count": count,
        "most": COUNTED,
        "cards": _cards(groups, search.nearest_to, shut),
        "next_after": groups[-1].slug if groups and len(keys) > GROUPS_A_PAGE else "",
    }
    return _kept_from_robots(render(request, "groups/list.html", context))


@require_safe
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    group = visible_group(request, slug, Group.objects.with_counts())
    if group.is_pair:
        return redirect(group)
    mine = _own_place(request, group)
    facilitators, may_ask = list(group.memberships.facilitators().by_name()), _may_ask(request, group)
    context = {
        "group": group,
        "mine": mine,
        "agreement": group.agreement,
        "agreed": mine is not None and mine.belongs and has_agreed(mine.user, group),
        "facilitators": facilitators,
        "aways": _time_off(mine, group),
        "readers": get_text_list([seat.alias for seat in facilitators if seat.alias], _("and")),
        "next": next_meeting_words([group]).get(group.pk, ""),
        "may_ask": may_ask,
        "shut": group.takes_requests and not may_ask and mine is None,  # whoever is kept out sees what all would see
        "may_change": can(request.user, "group.change", group),
        "panels": panels_for(request, group),
    }
    response = render(request, "groups/detail.html", context)
    return response if group.is_for_robots else _kept_from_robots(response)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages of groups that search engines may keep, and nothing else."""
    groups = Group.objects.listed().filter(indexable=True).order_by("pk")[:SITEMAP_HOLDS]
    addresses = [request.build_absolute_uri(group.get_absolute_url()) for group in groups.only("slug")]
    return render(request, "groups/sitemap.xml", {"addresses": addresses}, content_type="application/xml")


def _may_ask(request: HttpRequest, group: Group) -> bool:
    """Whether the button stands there: the group takes people, or this visit came by its link."""
    link = came_by_link(request, group)
    if link and group.takes_invited:
        return request.user.is_anonymous or can(request.user, "group.ask_by_link", link)
    return group.takes_requests and (request.user.is_anonymous or can(request.user, "group.ask", group))


def _shown_last(request: HttpRequest) -> Group | None:
    """The group that stood last on the page before. It may have ended since; nobody learns of one that was hidden."""
    shown = Group.objects.filter(listed=True, state__in=[Group.State.OPEN, Group.State.ARCHIVED])
    slug = request.GET.get("after", "")
    return shown.filter(slug=slug).first() if slug else None


def _whole(keys: list[int]) -> list[Group]:
    """The groups of one page. The keys were looked for first: only these rows are read whole."""
    rows = Group.objects.with_counts().select_related("area").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _cards(groups: list[Group], near: Area | None, shut: set[int]) -> list[dict[str, Any]]:
    words = next_meeting_words(groups)
    return [
        {
            "group": group,
            "next": words.get(group.pk, ""),
            "far": _far(group, near),
            "lang": _foreign(group),
            "shut": group.pk in shut,
        }
        for group in groups
    ]


def _shut_to(request: HttpRequest) -> set[int]:
    """Groups that this reader is kept out of. The list says of them what their pages say: nobody new."""
    if request.user.is_anonymous:
        return set()
    blocked = Membership.objects.filter(user=request.user, state=Membership.State.BLOCKED)
    return set(blocked.values_list("group_id", flat=True))


def _foreign(group: Group) -> str:
    """The language of the group's own words, where the page speaks another one."""
    here = (get_language() or "").partition("-")[0]
    return group.spoken_first if group.spoken_first.partition("-")[0] != here else ""


def _far(group: Group, near: Area | None) -> str:
    """Roughly how far a group that meets in a place is from there."""
    if near is None or group.area is None or group.format == Group.Format.ONLINE:
        return ""
    return "" if group.area == near else distance_words(near.km_to(group.area))


def _kept_from_robots(response: HttpResponse) -> HttpResponse:
    """Search engines keep a group only where it wants that; the list names all of them."""
    response["X-Robots-Tag"] = "noindex"
    return response


def _time_off(mine: Membership | None, group: Group) -> AwayQuerySet | list[Away]:
    """Who of those who run it is away, today or within a week: for its own people, not for visitors."""
    if mine is None or not mine.belongs:
        return []
    return Away.objects.visible_to(mine.user).filter(seat__group=group).announced(group.today).of_those_who_run()


def _own_place(request: HttpRequest, group: Group) -> Membership | None:
    """The reader's open place here. Somebody blocked is shown what any visitor is shown."""
    if request.user.is_anonymous:
        return None
    places = Membership.objects.open().exclude(state=Membership.State.BLOCKED)
    return places.filter(group=group, user=request.user).select_related("user").first()
