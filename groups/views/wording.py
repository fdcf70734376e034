"""Where admins look after the organisation's own words, and after its areas."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.errors import StillInUse, WordTaken
from groups.forms import AreaForm, TermForm
from groups.models import Area, Term
from groups.services import drop_area, drop_term, keep_area, keep_term
from people.http import SignedInRequest, refused_status
from people.policy import ensure


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "terms.keep")
    form = TermForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            term = keep_term(request.user, **form.cleaned_data)
            messages.success(request, _("“%(name)s” is there to choose now.") % {"name": term.name})
            return redirect("groups:words")
        except WordTaken as taken:
            form.add_error("name", str(taken))
    terms = Term.objects.annotate(used=Count("groups")).order_by("-kind", Lower("name"))
    return render(request, "groups/words.html", {"form": form, "terms": terms}, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def word(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    ensure(request.user, "terms.keep")
    term = get_object_or_404(Term.objects.annotate(used=Count("groups")), public_id=public_id)
    form = TermForm(request.POST if request.method == "POST" else None, term=term)
    if form.is_valid():
        try:
            keep_term(request.user, term=term, **form.cleaned_data)
            messages.success(request, _("Saved. Every group that uses the word shows the new one."))
            return redirect("groups:words")
        except WordTaken as taken:
            form.add_error("name", str(taken))
    return render(request, "groups/word.html", {"form": form, "term": term}, status=refused_status(form))


@login_required
@require_POST
def word_drop(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    ensure(request.user, "terms.keep")
    term = get_object_or_404(Term, public_id=public_id)
    try:
        drop_term(request.user, term=term)
        messages.success(request, _("“%(name)s” is taken away.") % {"name": term.name})
    except StillInUse as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:words")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def areas(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "terms.keep")
    form = AreaForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            area = keep_area(request.user, **form.cleaned_data)
            messages.success(request, _("“%(name)s” is there to choose now.") % {"name": area.name})
            return redirect("groups:areas")
        except WordTaken as taken:
            form.add_error("name", str(taken))
    held = Area.objects.annotate(used=Count("groups")).order_by(Lower("name"))
    return render(request, "groups/areas.html", {"form": form, "areas": held}, status=refused_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def area(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    ensure(request.user, "terms.keep")
    held = get_object_or_404(Area.objects.annotate(used=Count("groups")), public_id=public_id)
    form = AreaForm(request.POST if request.method == "POST" else None, area=held)
    if form.is_valid():
        try:
            keep_area(request.user, area=held, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("groups:areas")
        except WordTaken as taken:
            form.add_error("name", str(taken))
    return render(request, "groups/area.html", {"form": form, "area": held}, status=refused_status(form))


@login_required
@require_POST
def area_drop(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    ensure(request.user, "terms.keep")
    held = get_object_or_404(Area, public_id=public_id)
    try:
        drop_area(request.user, area=held)
        messages.success(request, _("“%(name)s” is taken away.") % {"name": held.name})
    except StillInUse as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:areas")
