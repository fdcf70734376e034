"""A group's link, from the address somebody was given to asking for a place."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from groups.http import remember_link
from groups.models import Group, GroupLink
from groups.panels import next_meeting_words, panels_for
from groups.services.linking import read_link
from people.policy import can


@csrf_exempt  # the page sends no referrer, so browsers name no origin; all that is kept is how this visit came here
@require_http_methods(["GET", "HEAD", "POST"])
def come(request: HttpRequest, token: str) -> HttpResponse:
    """What everybody may know of the group, and the way to ask. Looking leaves nothing; going on is remembered."""
    link = read_link(token)
    if link is None:
        response = render(request, "groups/come_gone.html", status=404)
    elif _is_there(request, link.group):
        response = redirect(link.group)
    elif request.method == "POST":
        remember_link(request, link)
        response = redirect("groups:ask", link.group.slug)
    else:
        response = _page(request, link)
    patch_cache_control(response, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _page(request: HttpRequest, link: GroupLink) -> HttpResponse:
    group = Group.objects.with_counts().get(pk=link.group_id)
    facilitators = [seat.alias for seat in group.memberships.facilitators().by_name() if seat.alias]
    context = {
        "group": group,
        "link": link,
        "agreement": group.agreement,
        "facilitators": facilitators,
        "readers": get_text_list(facilitators, _("and")),
        "next": next_meeting_words([group]).get(group.pk, ""),
        "may_ask": group.takes_invited and (request.user.is_anonymous or can(request.user, "group.ask_by_link", link)),
        "panels": panels_for(request, group),
    }
    return render(request, "groups/come.html", context)


def _is_there(request: HttpRequest, group: Group) -> bool:
    """Somebody who belongs, or has asked, goes on to the group itself."""
    return request.user.is_authenticated and (
        group.memberships.open().filter(user=request.user).exclude(state="blocked").exists()
    )
