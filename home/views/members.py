"""Where admins see who is here, give roles, and close and open the door."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.models import Invitation, Membership
from home.forms import RolesForm
from notices.models import MailTrouble
from people.errors import Refused
from people.forms import one_line
from people.http import SignedInRequest, posted, refused_status
from people.models import User
from people.policy import ensure
from people.services import change_roles, reinstate_person, suspend_person

PER_PAGE = 25
SHOWN = {
    "everyone": (gettext_lazy("Everyone"), Q()),
    "members": (gettext_lazy("Members"), Q(is_admin=False, is_safety_lead=False, facilitates=False)),
    "facilitators": (gettext_lazy("Facilitators"), Q(facilitates=True)),
    "leads": (gettext_lazy("Safety leads"), Q(is_safety_lead=True)),
    "admins": (gettext_lazy("Admins"), Q(is_admin=True)),
    "suspended": (gettext_lazy("Suspended"), Q(state=User.State.SUSPENDED)),
}


@login_required
@require_safe
def members(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "person.list")
    text, show = one_line(request.GET.get("q", ""))[:100], request.GET.get("role", "everyone")
    found = _people(request.user).filter(SHOWN.get(show, SHOWN["everyone"])[1])
    for word in text.split()[:5]:
        found = found.filter(Q(display_name__icontains=word) | Q(email__icontains=word))
    page = Paginator(found.order_by("-joined_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    roles = [(name, label) for name, (label, _rule) in SHOWN.items()]
    letters = Invitation.objects.visible_to(request.user).open().count()
    context = {"page": page, "text": text, "show": show, "roles": roles, "query": query.urlencode(), "letters": letters}
    return render(request, "home/manage_members.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: SignedInRequest, public_id: str) -> HttpResponse:
    """One person: their roles in the organisation, their groups, and whether the door is open to them."""
    ensure(request.user, "person.list")
    person = get_object_or_404(_people(request.user), public_id=public_id)
    held = {"is_admin": person.is_admin, "is_safety_lead": person.is_safety_lead}
    form = RolesForm(posted(request), initial=held)
    if form.is_valid():
        try:
            change_roles(request.user, person=person, **form.cleaned_data)
        except Refused as reason:
            form.add_error("is_admin", str(reason))
        else:
            messages.success(request, _("Saved. It counts from their next click."))
            return redirect("home:member", person.public_id)
    trouble = MailTrouble.objects.visible_to(request.user).filter(user=person).exists()
    context = {"person": person, "form": form, "trouble": trouble}
    return render(request, "home/manage_member.html", context, status=refused_status(form))


@login_required
@require_POST
def suspend(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "person.list")
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    try:
        suspend_person(request.user, person=person)
    except Refused as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("They are signed out everywhere and cannot come in."))
    return redirect("home:member", person.public_id)


@login_required
@require_POST
def reinstate(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "person.list")
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    reinstate_person(request.user, person=person)
    messages.success(request, _("They can sign in again."))
    return redirect("home:member", person.public_id)


def _people(reader: User) -> QuerySet[User, Any]:
    """Everybody who is still somebody, with the groups they belong to. Nothing of what they said."""
    seats = Membership.objects.belonging().beyond_pairs().select_related("group").order_by("group__name")
    leading = Membership.objects.facilitators().beyond_pairs().filter(user=OuterRef("pk"))
    people: QuerySet[User, Any] = User.objects.visible_to(reader).exclude(state=User.State.ERASED)
    return people.annotate(facilitates=Exists(leading)).prefetch_related(
        Prefetch("memberships", queryset=seats, to_attr="places")
    )
