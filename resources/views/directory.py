"""What everybody may read, signed in or not. Looking leaves no trace (R92)."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from people.forms import looks_like_a_phone_number
from people.models import Organisation
from resources.forms import FindForm
from resources.models import CrisisLine, Resource, dialled

PER_PAGE = 20
OTHERS = 3
FINDER = "https://findahelpline.com"


@require_safe
def resource_list(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.GET)
    wanted = find.wanted()
    found = Resource.objects.published().matching(wanted.pop("q")).narrowed(**wanted).by_name()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "resources/list.html", {"find": find, "page": page, "query": _without_page(request)})


@require_safe
def resource_detail(request: HttpRequest, slug: str) -> HttpResponse:
    places = Resource.objects.visible_to(request.user).select_related("checked_by")
    resource = get_object_or_404(places, slug=slug)
    others = Resource.objects.beside(resource)[:OTHERS]
    steps = [step for step in resource.how_to_start.splitlines() if step.strip()]
    return render(request, "resources/detail.html", {"resource": resource, "others": others, "steps": steps})


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    lines = list(CrisisLine.objects.standing())
    here = [line for line in lines if not line.elsewhere]
    return render(
        request,
        "resources/help.html",
        {
            "danger": [line for line in here if line.emergency],
            "talk": [line for line in here if not line.emergency],
            "elsewhere": [line for line in lines if line.elsewhere],
            "checked": min((line.confirmed_at for line in here if line.confirmed_at), default=None),
            "contact_number": number_in(Organisation.current().contact),
            "finder": FINDER,
        },
    )


def _without_page(request: HttpRequest) -> str:
    """The search as it stands, for the links to the other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def number_in(contact: str) -> str:
    """The organisation's contact as a telephone takes it, when it is nothing but a number."""
    only_a_number = looks_like_a_phone_number(contact) and not any(sign.isalpha() for sign in contact)
    return dialled(contact) if only_a_number else ""
