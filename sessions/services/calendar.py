"""The private address of somebody's calendar: made on asking, in place of the one before, and taken away."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import audit
from people.errors import Refused
from people.models import User
from people.often import OftenAsked
from people.policy import ensure
from sessions.models import CalendarLink

A_DAY = timedelta(days=1)
LINK_KEPT = timedelta(days=90)  # one that no calendar asks for ends by itself (safety.md T7)
ASKED = OftenAsked(
    lambda token_hash, since: (
        CalendarLink.objects.open(since)
        .filter(token_hash=token_hash)
        .values_list("pk", "titles", "used_at", "user_id", "user__locale")
    ),
    "the hash",
    datetime.max.replace(tzinfo=UTC),
)


class NoCalendarLink(Refused):
    """There is none to change, maybe since a moment ago."""


@transaction.atomic
def make_calendar_link(user: User) -> str:
    """A new secret for the address of this person's calendar. One that stood before opens nothing from now on.

    Only its hash is kept: what comes back here can never be shown again. Raises NotAllowed.
    """
    ensure(user, "calendar.keep", user)
    token, now = secrets.token_urlsafe(32), timezone.now()
    facts = {"token_hash": _hash_of(token), "made_at": now, "used_at": now}
    link, _new = CalendarLink.objects.update_or_create(user=user, defaults=facts)
    audit.record(user, "calendar.make", link, about=user)
    return token


@transaction.atomic
def stop_calendar_link(user: User) -> None:
    """Take the address away at once. Twice is harmless. Raises NotAllowed."""
    ensure(user, "calendar.keep", user)
    link = CalendarLink.objects.select_for_update().filter(user=user).first()
    if link is not None:
        audit.record(user, "calendar.stop", link, about=user)
        link.delete()


@transaction.atomic
def set_calendar_titles(user: User, *, titles: str) -> CalendarLink:
    """Say what entries are called: "busy", or "names" for the group and a link. Raises NotAllowed, NoCalendarLink."""
    ensure(user, "calendar.keep", user)
    link = CalendarLink.objects.select_for_update().filter(user=user).first()
    if link is None:
        raise NoCalendarLink(_("There is no calendar link now. Make one first"))
    if link.titles != titles:
        link.titles = titles
        link.save(update_fields=["titles"])
        audit.record(user, "calendar.titles", link, about=user, reason=titles)
    return link


def open_calendar_link(token: str) -> CalendarLink | None:
    """The link that a calendar asks with; None whatever is wrong with it. Being asked for keeps it, to the day."""
    now = timezone.now()
    rows = ASKED.rows(_hash_of(token), now - LINK_KEPT)
    if not rows:
        return None
    pk, titles, used_at, *whose = rows[0]
    if used_at < now - A_DAY:
        CalendarLink.objects.filter(pk=pk).update(used_at=now)
    link = CalendarLink.from_db(DEFAULT_DB_ALIAS, ["id", "titles", "used_at"], [pk, titles, used_at])
    link.user = User.from_db(DEFAULT_DB_ALIAS, ["id", "locale"], whose)
    return link


def _hash_of(token: str) -> str:
    """A secret of 256 random bits needs no salt: it cannot be guessed from its hash."""
    return sha256(token.encode()).hexdigest()
