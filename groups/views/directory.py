"""What anybody may look at: the list of groups and the page of each."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groups.forms import DirectoryForm
from groups.models import Group, Membership
from groups.panels import next_meeting_words, panels_for
from groups.policies import has_agreed
from people.policy import can

GROUPS_A_PAGE = 12


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    search = DirectoryForm(request.GET)
    everything = Group.objects.listed().with_counts()
    page = Paginator(search.found_in(everything).by_name(), GROUPS_A_PAGE).get_page(request.GET.get("page"))
    groups = list(page.object_list)
    words = next_meeting_words(groups)
    cards = [{"group": group, "next": words.get(group.pk, "")} for group in groups]
    return render(request, "groups/list.html", {"search": search, "page": page, "cards": cards})


@require_safe
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.user).with_counts(), slug=slug)
    mine = _own_place(request, group)
    facilitators = list(group.memberships.facilitators().by_name())
    context = {
        "group": group,
        "mine": mine,
        "agreement": group.agreement,
        "agreed": mine is not None and mine.belongs and has_agreed(mine.user, group),
        "facilitators": facilitators,
        "readers": get_text_list([seat.alias for seat in facilitators if seat.alias], _("and")),
        "next": next_meeting_words([group]).get(group.pk, ""),
        "may_ask": group.takes_requests and (request.user.is_anonymous or can(request.user, "group.ask", group)),
        "may_change": can(request.user, "group.change", group),
        "panels": panels_for(request, group),
    }
    return render(request, "groups/detail.html", context)


def _own_place(request: HttpRequest, group: Group) -> Membership | None:
    """The reader's open place here. Somebody blocked is shown what any visitor is shown."""
    if request.user.is_anonymous:
        return None
    places = Membership.objects.open().exclude(state=Membership.State.BLOCKED)
    return places.filter(group=group, user=request.user).select_related("user").first()
