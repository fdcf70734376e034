"""Where admins keep the rooms that the organisation meets in."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from people.http import SignedInRequest, posted, refused_status
from people.policy import ensure
from sessions.forms import RoomForm
from sessions.models import Room
from sessions.services import RoomNameTaken, keep_room, retire_room, sessions_in
from sessions.views.pages import READ_AND_SEND

SHOWN = 20


@login_required
@require_safe
def rooms(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "room.keep")
    ahead = Q(bookings__live=True, bookings__ends_at__gt=timezone.now())
    listed = Room.objects.annotate(coming=Count("bookings", filter=ahead)).order_by(Lower("name"), "pk")
    context = {
        "rooms": [room for room in listed if room.retired_at is None],
        "retired": [room for room in listed if room.retired_at is not None],
    }
    return render(request, "sessions/rooms.html", context)


@login_required
@READ_AND_SEND
def room(request: SignedInRequest, public_id: uuid.UUID | None = None) -> HttpResponse:
    """One room, or a new one."""
    ensure(request.user, "room.keep")
    held = get_object_or_404(Room.objects.in_use(), public_id=public_id) if public_id else None
    form = RoomForm(posted(request), room=held)
    if form.is_valid():
        try:
            kept = keep_room(request.user, room=held, **form.cleaned_data)
            messages.success(request, _("“%(name)s” is saved") % {"name": kept.name})
            return redirect("sessions:rooms")
        except RoomNameTaken as taken:
            form.add_error("name", str(taken))
    coming = sessions_in(held).count() if held else 0
    context = {"form": form, "room": held, "coming": coming}
    return render(request, "sessions/room_form.html", context, status=refused_status(form))


@login_required
@READ_AND_SEND
def retire(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is booked there is said first."""
    ensure(request.user, "room.keep")
    held = get_object_or_404(Room.objects.in_use(), public_id=public_id)
    if request.method == "POST":
        retire_room(request.user, room=held)
        messages.success(request, _("“%(name)s” is out of use") % {"name": held.name})
        return redirect("sessions:rooms")
    coming = sessions_in(held)
    context = {"room": held, "coming": coming[:SHOWN], "count": coming.count()}
    return render(request, "sessions/room_retire.html", context)
