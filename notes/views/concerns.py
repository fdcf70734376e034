"""Where a concern stands, and reading it: for its author, and for those who look after safety."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notes.forms import ConcernAddForm
from notes.models import Concern
from notes.services import (
    ConcernClosed,
    ConcernGone,
    ConcernSent,
    add_to_concern,
    close_concern,
    due_to_be_read,
    names_in,
    read_by,
    read_concern,
    readers_of,
)
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.policy import can, ensure
from people.sealed import Unreadable
from sessions.services import colleague_of, leaders_of

A_PAGE = 30


class Listed(NamedTuple):
    """One of them on the list, with the time that stands behind its next step."""

    row: Any
    read_by: datetime | None  # only while it waits to be read
    now: datetime

    @property
    def is_closed(self) -> bool:
        return self.row.closed_at is not None

    @property
    def reading_is_late(self) -> bool:
        return self.read_by is not None and self.read_by < self.now

    @property
    def ring_is_late(self) -> bool:
        return bool(self.row.ring_by and self.row.ring_by < self.now)


@login_required
@require_safe
def concern_list(request: SignedInRequest) -> HttpResponse:
    """One's own, and for a safety lead all that were sent. Whom they are about does not stand here."""
    rows = Concern.objects.visible_to(request.user)
    if not rows.exists():
        ensure(request.user, "concern.write")
    pages = Paginator(rows.select_related("author", "seen_by").open_first(), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    due, now = due_to_be_read(page), timezone.now()
    listed = [Listed(row, due.get(row.pk), now) for row in page]
    parts = {"open": [one for one in listed if not one.is_closed], "closed": [one for one in listed if one.is_closed]}
    return render(request, "notes/concerns.html", {"page": page} | parts)


@login_required
@require_safe
def concern(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Opens the words. That this person read is recorded first. A draft is read where it is written."""
    row = _visible(request, public_id)
    if row.sent_at is None:
        return redirect("home:concern-edit", row.public_id)
    try:
        words = read_concern(request.user, concern=row)
    except (ConcernGone, Unreadable):
        words = None
    context = {"concern": row, "words": words, "may_close": can(request.user, "concern.see", row)}
    context["may_add"] = row.takes_additions and can(request.user, "concern.add", row)
    return render(request, "notes/concern.html", context | _named(row))


@login_required
@require_safe
def concern_sent(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What happens next, for its author (R57). Not a word of it: that is for another page."""
    mine = Concern.objects.visible_to(request.user).filter(author=request.user, sent_at__isnull=False)
    row = get_object_or_404(mine.select_related("session", "seen_by"), public_id=public_id)
    colleague = colleague_of(request.user, leaders_of(row.session)) if row.session else ""
    readers = [reader.called for reader in readers_of(row)]
    context = {"concern": row, "readers": readers, "read_by": read_by(row), "colleague": colleague}
    context["additions"] = row.additions.order_by("written_at", "pk")
    return render(request, "notes/concern_sent.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Its author writes what they learned since, without opening what stands."""
    mine = Concern.objects.visible_to(request.user).filter(author=request.user, sent_at__isnull=False)
    row = get_object_or_404(mine, public_id=public_id)
    form = ConcernAddForm(posted(request))
    if form.is_valid() and _added(request, row, form):
        messages.success(request, _("Added."))
        return redirect("notes:concern-sent", row.public_id)
    context = {"concern": row, "form": form, "readers": [reader.called for reader in readers_of(row)]}
    return render(request, "notes/concern_add.html", context, status=refused_status(form))


@login_required
@require_POST
def close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    row = _visible(request, public_id)
    try:
        close_concern(request.user, concern=row)
        messages.success(request, _("Closed. It stays to be read until its day."))
    except ConcernClosed as closed:
        messages.error(request, str(closed))
    return redirect("notes:concerns")


def _added(request: SignedInRequest, row: Concern, form: ConcernAddForm) -> bool:
    """Whether it stands there now; if not, the form says why and holds every word."""
    data = form.cleaned_data
    try:
        add_to_concern(request.user, concern=row, words=data["words"], once=data["public_id"] or uuid4())
    except ConcernSent as sent:
        another = request.POST.copy()
        another["public_id"] = str(uuid4())  # the next click adds these words as well
        form.data = another
        form.add_error(None, str(sent))
    except Refused as reason:
        form.add_error(None, str(reason))
    return form.is_valid()


def _visible(request: SignedInRequest, public_id: UUID) -> Concern:
    rows = Concern.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("author", "about", "group", "session", "seen_by"), public_id=public_id)


def _named(row: Concern) -> dict[str, Any]:
    """Its author and whom it is about, as they are called in that group."""
    names = names_in(row.group, [row.author_id, row.about_id]) if row.group else {}
    about = (names.get(row.about_id or 0) or row.about.called) if row.about else ""
    told = [label for value, label in Concern.Told.choices if value in row.told]
    return {"about": about, "by": names.get(row.author_id) or row.author.called, "told": told}
