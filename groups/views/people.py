"""Who is in a group: for its members the names, for those who run it each person's place and what can be done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups import services
from groups.errors import NotPutOut, RunsIt
from groups.forms import PutOutForm
from groups.models import Group, Membership
from groups.policies import runs
from people.http import SignedInRequest, posted, refused_status
from people.policy import can

MEMBERS_A_PAGE = 50


@login_required
@require_safe
def members(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.of(request.user), slug=slug)
    facilitator = runs(request.user, group)
    if not (facilitator or can(request.user, "group.members", group)):
        if group.shows_members:
            return redirect("groups:agreement", group.slug)
        messages.info(request, _("In this group nobody sees a list of who belongs."))
        return redirect(group)
    people = group.memberships.open() if facilitator else group.memberships.belonging()
    page = Paginator(people.by_name(), MEMBERS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "groups/members.html", {"group": group, "page": page, "facilitator": facilitator})


@login_required
@require_safe
def member(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    place = _place(request, slug, public_id)
    return render(request, "groups/member.html", {"group": place.group, "place": place})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def put_out(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """The second step: the reason, and whether they may ask again."""
    place = _place(request, slug, public_id)
    form = PutOutForm(posted(request), place=place)
    if form.is_valid():
        block = form.cleaned_data["end"] == "block"
        try:
            services.put_out(request.user, membership=place, why=form.cleaned_data["why"], block=block)
            messages.success(request, _("Done. %(name)s has no place here any more.") % {"name": place.alias})
            return redirect("groups:members", slug)
        except (RunsIt, NotPutOut) as refusal:
            form.add_error(None, str(refusal))
    context = {"group": place.group, "place": place, "form": form}
    return render(request, "groups/put_out.html", context, status=refused_status(form))


@login_required
@require_POST
def unblock(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    place = _place(request, slug, public_id)
    services.unblock(request.user, membership=place)
    messages.success(request, _("%(name)s may ask to join again.") % {"name": place.alias})
    return redirect("groups:members", slug)


@login_required
@require_safe
def farewells(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    said = services.read_farewells(request.user, group=group)
    return render(request, "groups/farewells.html", {"group": group, "said": said})


def _place(request: SignedInRequest, slug: str, public_id: str) -> Membership:
    """Somebody else's open place in a group that the reader runs; a pair has no such page."""
    places = Membership.objects.decided_by(request.user).open().exclude(group__kind=Group.Kind.PAIR)
    return get_object_or_404(places.select_related("group", "user"), group__slug=slug, public_id=public_id)
