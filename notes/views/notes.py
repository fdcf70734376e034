"""Pages of confidential notes. Lists show that notes are there; only one page opens the words."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from groups.models import Group, Membership
from notes.forms import AddForm, NoteForm
from notes.models import Note
from notes.services import NoteGone, add_to_note, deletion_date, names_in, read_note, write_note
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.models import User
from people.sealed import Unreadable

A_PAGE = 50
OPENINGS_SHOWN = 20


@login_required
@require_safe
def note_list(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    notes = Note.objects.visible_to(request.user).filter(group=group).standing().select_related("session")
    page = Paginator(notes, A_PAGE).get_page(request.GET.get("page"))
    names = names_in(group, [pk for note in page for pk in (note.author_id, note.member_id)])
    return render(request, "notes/list.html", {"group": group, "page": page, "rows": _rows(list(page), names)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def note_create(request: SignedInRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    initial = {"about": request.GET.get("about", "")}
    form = NoteForm(posted(request), initial=initial, actor=request.user, group=group)
    if form.is_valid() and _written(request.user, group, form):
        messages.success(request, _("The note is kept. It is not sent to anybody."))
        return redirect("notes:list", group.slug)
    context = {"group": group, "form": form, "colleagues": _colleagues(request.user, group)}
    context["deleted_on"] = deletion_date()
    return render(request, "notes/create.html", context, status=refused_status(form))


@login_required
@require_safe
def note_detail(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Opens the words. The one page whose GET writes: that this person read is recorded first (R109)."""
    note = _note_or_404(request, slug, public_id)
    try:
        versions = read_note(request.user, note=note)
    except (NoteGone, Unreadable) as closed:
        return render(request, "notes/unreadable.html", {"note": note, "reason": str(closed)}, status=410)
    context = {"note": note, "versions": versions, "form": AddForm()}
    return render(request, "notes/detail.html", context | _who(request.user, note))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def addition_create(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    """Adds below what stands, without opening it."""
    note = _note_or_404(request, slug, public_id)
    form = AddForm(posted(request))
    if form.is_valid() and _added(request.user, note, form):
        messages.success(request, _("Your words stand below the others now."))
        return redirect("notes:detail", slug, note.public_id)
    return render(request, "notes/add.html", {"note": note, "form": form}, status=refused_status(form))


def _note_or_404(request: SignedInRequest, slug: str, public_id: str) -> Note:
    notes = Note.objects.visible_to(request.user).select_related("group", "member", "session")
    return get_object_or_404(notes, group__slug=slug, public_id=public_id)


def _written(actor: User, group: Group, form: NoteForm) -> bool:
    """Whether it is kept; if not, the form says why and holds every word."""
    data = form.cleaned_data
    kept = {name: data[name] for name in ("words", "readers", "public_id")}
    try:
        write_note(actor, group=group, **kept, **data["about"])
    except Refused as reason:
        form.add_error(None, str(reason))
    return form.is_valid()


def _added(actor: User, note: Note, form: AddForm) -> bool:
    try:
        add_to_note(actor, note=note, words=form.cleaned_data["words"], public_id=form.cleaned_data["public_id"])
    except Refused as reason:
        form.add_error(None, str(reason))
    return form.is_valid()


def _rows(notes: list[Note], names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {"note": note, "author": names.get(note.author_id), "member": names.get(note.member_id or 0)} for note in notes
    ]


def _colleagues(reader: User, group: Group) -> list[str]:
    others = Membership.objects.filter(group=group).facilitators().exclude(user=reader).by_name()
    return list(others.values_list("alias", flat=True))


def _who(reader: User, note: Note) -> dict[str, Any]:
    """Who may read the note, who has opened it, and what they and the person it is about are called."""
    openings = list(note.openings[:OPENINGS_SHOWN])
    names = names_in(note.group, [note.author_id, note.member_id, *(entry.actor_id for entry in openings)])
    facilitators = Membership.objects.filter(group=note.group).facilitators().exclude(user=note.member_id)
    if note.readers == Note.Readers.AUTHOR:
        facilitators = facilitators.filter(user=note.author_id)
    return {
        "author": names.get(note.author_id),
        "member": names.get(note.member_id or 0),
        "readers": facilitators.by_name(),
        "openings": [(entry, names.get(entry.actor_id or 0)) for entry in openings],
    }
