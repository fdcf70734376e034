"""Where admins keep the directory right."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.http import SignedInRequest, posted, refused_status
from people.policy import ensure
from resources.forms import ResourceForm
from resources.models import Resource
from resources.services import NameTaken, check_resource, save_resource

PER_PAGE = 25


@login_required
@require_safe
def manage(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "resource.change")
    places = Resource.objects.visible_to(request.user).select_related("checked_by")
    shown = {"all": places, "stale": places.stale(), "drafts": places.drafts()}
    chosen = request.GET.get("show", "all")
    page = Paginator(shown.get(chosen, places).by_name(), PER_PAGE).get_page(request.GET.get("page"))
    counts = {name: queryset.count() for name, queryset in shown.items()}
    return render(request, "resources/manage.html", {"page": page, "show": chosen, "counts": counts})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource_new(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "resource.change")
    return _edit(request, Resource())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resource_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "resource.change")
    places = Resource.objects.visible_to(request.user).select_related("checked_by")
    return _edit(request, get_object_or_404(places, public_id=public_id))


@login_required
@require_POST
def check_create(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "resource.change")
    resource = get_object_or_404(Resource.objects.visible_to(request.user), public_id=public_id)
    check_resource(request.user, resource=resource)
    messages.success(request, _("Thank you. “%(name)s” now says that it was checked today.") % {"name": resource.name})
    return redirect("resources:edit", resource.public_id)


def _edit(request: SignedInRequest, resource: Resource) -> HttpResponse:
    form = ResourceForm(posted(request), resource=resource, initial=model_to_dict(resource) if resource.pk else {})
    if form.is_valid():
        try:
            save_resource(request.user, resource=resource, **form.cleaned_data)
        except NameTaken as reason:
            form.add_error("name", str(reason))
        else:
            messages.success(request, _saved_words(resource))
            return redirect("resources:edit", resource.public_id)
    return render(request, "resources/edit.html", {"form": form, "resource": resource}, status=refused_status(form))


def _saved_words(resource: Resource) -> str:
    if resource.published:
        return _("Saved. It stands in the directory.")
    return _("Saved as a draft. Only admins see it.")
