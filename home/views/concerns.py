"""Writing down that somebody may be in danger, beside the card that says what to do (R53, R54)."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from home.views.help_card import led_session, steps_for
from notes.forms import ConcernForm
from notes.models import Concern
from notes.services import ConcernGone, ConcernSent, keep_concern, read_concern, readers_of
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.models import Organisation
from people.policy import ensure
from people.sealed import Unreadable
from sessions.models import GroupSession


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def concern_new(request: SignedInRequest) -> HttpResponse:
    """With `?session=` it is about somebody who came to that one."""
    ensure(request.user, "concern.write")
    session = _session(request)
    begun = session.starts_at if session and session.starts_at < timezone.now() else timezone.now()
    blank = Concern(author=request.user, session=session)
    return _answered(request, blank, {"happened_at": begun})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def concern_edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Goes on with a draft. Its words open for its author alone, and that is recorded first."""
    mine = Concern.objects.visible_to(request.user).filter(author=request.user)
    draft = get_object_or_404(mine.select_related("session__group"), public_id=public_id)
    if request.method == "POST":
        return _answered(request, draft, {})
    if draft.sent_at is not None:
        return redirect("notes:concern", draft.public_id)
    try:
        words = read_concern(request.user, concern=draft)
    except (ConcernGone, Unreadable):
        return render(request, "notes/concern.html", {"concern": draft, "words": None})
    kept = {"public_id": draft.public_id, "happened_at": draft.happened_at, "told": draft.told}
    return _answered(request, draft, kept | {name: getattr(words, name) for name in ("facts", "done", "shared")})


def _answered(request: SignedInRequest, concern: Concern, initial: dict[str, Any]) -> HttpResponse:
    """The page with the card and the form, or where its answer leads."""
    leads = readers_of(Concern(author=request.user))
    draft = concern if concern.pk else None
    form = ConcernForm(
        posted(request), initial=initial, actor=request.user, leads=leads, session=concern.session, draft=draft
    )
    if form.is_valid() and (kept := _kept(request, form, concern)):
        if kept.sent_at is not None:
            return redirect("notes:concern-sent", kept.public_id)
        messages.success(request, _("Kept as a draft. Only you see it."))
        return redirect("notes:concerns")
    context = steps_for(request.user, concern.session) | _who_reads(leads) | {"form": form}
    return render(request, "home/concern.html", context, status=refused_status(form))


def _kept(request: SignedInRequest, form: ConcernForm, concern: Concern) -> Concern | None:
    """What was kept; if nothing, the form says why and holds every word."""
    data = form.cleaned_data
    given = {"about": data["about"], "happened_at": data["happened_at"], "told": data["told"]}
    once = data["public_id"] or concern.public_id
    try:
        return keep_concern(
            request.user,
            once=once,
            words=form.words,
            session=concern.session,
            send="draft" not in request.POST,
            **given,
        )
    except ConcernSent as sent:
        another = request.POST.copy()
        another["public_id"] = str(uuid4())
        form.data = another
        form.add_error(None, str(sent))
    except Refused as reason:
        form.add_error(None, str(reason))
    return None


def _session(request: SignedInRequest) -> GroupSession | None:
    """Only one that this person leads; everything else is 404."""
    given = request.GET.get("session")
    if not given:
        return None
    try:
        return led_session(request, str(UUID(given)))
    except ValueError:  # not an id at all
        raise Http404 from None


def _who_reads(leads: list[Any]) -> dict[str, Any]:
    return {"readers": [lead.called for lead in leads], "hours": Organisation.current().hours_words}
