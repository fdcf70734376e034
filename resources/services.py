"""Changes to the directory and to the help lines."""

import json
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from people import audit
from people.errors import Refused
from people.models import Organisation, User
from people.policy import ensure
from resources.models import CrisisLine, Resource

log = logging.getLogger(__name__)

EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"
SHOWN = ("name", "channel", "number", "url", "words", "emergency", "country", "elsewhere")


class NotChecked(Refused):
    """Nobody has looked whether it is still right."""


class NotReachable(Refused):
    """There is no way to get in touch with them."""


class NameTaken(Refused):
    """It stands in the directory already."""


class LineNeeded(Refused):
    """One line for danger and one to talk to must always stand."""


class LinesChanged(Refused):
    """Somebody else was faster."""


# -- the directory ----------------------------------------------------------------------------
@transaction.atomic
def save_resource(actor: User, *, resource: Resource, checked: bool = False, **fields: Any) -> Resource:
    """Write a place down or change it; `checked` says that the actor looked at all of it today.

    Raises NotAllowed; NameTaken; NotChecked or NotReachable when it is to be published and may not be (R90).
    """
    ensure(actor, "resource.change", resource)
    for field, value in fields.items():
        setattr(resource, field, value)
    if checked:
        _put_name_to(resource, actor)
    _ensure_publishable(resource)
    resource.slug = resource.slug or _quiet_slug()
    _save_under_its_name(resource)
    audit.record(actor, "resource.change", resource, reason="published" if resource.published else "draft")
    return resource


@transaction.atomic
def check_resource(actor: User, *, resource: Resource) -> Resource:
    """The actor looked today, and it is all still right. Raises NotAllowed."""
    ensure(actor, "resource.change", resource)
    _put_name_to(resource, actor)
    resource.save(update_fields=["checked_on", "checked_by"])
    audit.record(actor, "resource.check", resource)
    return resource


def _put_name_to(resource: Resource, actor: User) -> None:
    resource.checked_on, resource.checked_by = timezone.localdate(), actor


def _ensure_publishable(resource: Resource) -> None:
    if not resource.published:
        return
    if not resource.is_reachable:
        raise NotReachable(_("Say how people can reach them: a phone number, a website or an e-mail address."))
    if resource.checked_on is None:
        raise NotChecked(_("Look at all of it first, then say that you checked it today."))


def _save_under_its_name(resource: Resource) -> None:
    try:
        with transaction.atomic():
            resource.save()
    except IntegrityError as problem:
        if Resource.objects.filter(name__iexact=resource.name).exclude(pk=resource.pk).exists():
            raise NameTaken(_("A place with this name is here already. Open that one, or tell them apart")) from problem
        raise


def _quiet_slug() -> str:
    """It stands in browser histories, so it says nothing about the topic."""
    return f"place-{get_random_string(6, EASY_TO_READ)}"


# -- the help lines ---------------------------------------------------------------------------
@transaction.atomic
def save_line(actor: User, *, line: CrisisLine, **fields: Any) -> CrisisLine:
    """Write a line down, or change it. Returns the draft that waits for a confirmation.

    A confirmed line stays as it is and keeps standing; its change becomes the one draft that replaces
    it. Raises NotAllowed, and LinesChanged when the line was taken away meanwhile (R51).
    """
    ensure(actor, "crisis.change", line)
    _one_at_a_time()
    draft = _draft_of(line)
    for field, value in fields.items():
        setattr(draft, field, value)
    if draft.replaces is not None and draft.stamp == draft.replaces.stamp:
        return _nothing_to_change(draft)
    if draft.pk is None and (twin := _twin_of(draft)):
        return twin
    draft.save()
    audit.record(actor, "crisis.change", draft)
    return draft


@transaction.atomic
def move_line_up(actor: User, *, line: CrisisLine) -> CrisisLine:
    """Let it stand one place earlier. An order is seen at once: it changes no number."""
    ensure(actor, "crisis.change", line)
    _one_at_a_time()
    beside = CrisisLine.objects.current().filter(elsewhere=line.elsewhere, emergency=line.emergency)
    lines = list(beside.exclude(confirmed_at=None, replaces__isnull=False))
    place = lines.index(line) if line in lines else 0
    if place > 0:
        lines[place - 1], lines[place] = lines[place], lines[place - 1]
    for position, each in enumerate(lines, start=1):
        CrisisLine.objects.filter(pk=each.pk).update(position=position)
    audit.record(actor, "crisis.change", line, reason="order")
    _show_everywhere()
    return line


@transaction.atomic
def retire_line(actor: User, *, line: CrisisLine) -> CrisisLine:
    """Take a line, or a change that waits, away. A second press is harmless.

    Raises NotAllowed, and LineNeeded for the last line for danger or the last one to talk to.
    """
    ensure(actor, "crisis.change", line)
    organisation = _one_at_a_time()
    now = timezone.now()
    if CrisisLine.objects.filter(pk=line.pk, retired_at=None).update(retired_at=now):
        CrisisLine.objects.filter(replaces=line, confirmed_at=None, retired_at=None).update(retired_at=now)
        audit.record(actor, "crisis.retire", line)
    if organisation.crisis_confirmed_at and not _enough_stand():
        raise LineNeeded(_("Confirm another line in its place first. Nobody should find an empty page."))
    line.refresh_from_db()
    _show_everywhere()
    return line


@transaction.atomic
def confirm_lines(actor: User, *, lines: Iterable[CrisisLine]) -> list[CrisisLine]:
    """The actor puts their name to these lines, as they read them: each is shown from now on.

    What a line replaces is retired in the same transaction. Once a line for danger and a line to call
    stand, groups may open (Organisation.crisis_confirmed_at). Raises NotAllowed; LinesChanged when a
    line is no longer what the actor read; LineNeeded when a needed one would go (R51).
    """
    ensure(actor, "crisis.confirm")
    organisation = _one_at_a_time()
    confirmed = [_confirm(actor, line) for line in lines]
    if _enough_stand():
        organisation.crisis_confirmed_at, organisation.crisis_confirmed_by = timezone.now(), actor
        organisation.save(update_fields=["crisis_confirmed_at", "crisis_confirmed_by"])
    elif organisation.crisis_confirmed_at:
        raise LineNeeded(_("One line for danger right now and one line to call must stay."))
    _show_everywhere()
    return confirmed


def _one_at_a_time() -> Organisation:
    """Changes to help lines wait for each other here."""
    Organisation.current()
    return Organisation.objects.select_for_update().get()


def _draft_of(line: CrisisLine) -> CrisisLine:
    """The row that a change is written to: a new or unconfirmed line itself, else its one draft."""
    if line.pk is None:
        line.position = CrisisLine.objects.current().count() + 1
        return line
    now = CrisisLine.objects.get(pk=line.pk)
    if now.retired_at:
        raise LinesChanged(_("Somebody took this line away meanwhile. Have another look."))
    if not now.is_confirmed:
        return now
    waiting = CrisisLine.objects.filter(replaces=now, confirmed_at=None, retired_at=None).first()
    return waiting or CrisisLine(replaces=now, position=now.position, **{field: getattr(now, field) for field in SHOWN})


def _nothing_to_change(draft: CrisisLine) -> CrisisLine:
    """It says what the confirmed line says already: let that one stand alone."""
    if draft.pk:
        CrisisLine.objects.filter(pk=draft.pk).update(retired_at=timezone.now())
    assert draft.replaces is not None
    return draft.replaces


def _twin_of(draft: CrisisLine) -> CrisisLine | None:
    """The same words sent twice are one line."""
    waiting = CrisisLine.objects.drafts().filter(replaces=draft.replaces)
    return next((line for line in waiting if line.stamp == draft.stamp), None)


def _confirm(actor: User, seen: CrisisLine) -> CrisisLine:
    line = CrisisLine.objects.filter(pk=seen.pk, retired_at=None).first()
    if line is None or line.stamp != seen.stamp:
        raise LinesChanged(_("Somebody changed these lines while you were looking. Read them once more."))
    line.confirmed_at, line.confirmed_by = timezone.now(), actor
    if line.replaces is not None and line.replaces.retired_at is None:
        line.position = line.replaces.position
        CrisisLine.objects.filter(pk=line.replaces.pk).update(retired_at=line.confirmed_at)
    line.save(update_fields=["confirmed_at", "confirmed_by", "position"])
    audit.record(actor, "crisis.confirm", line)
    return line


def _enough_stand() -> bool:
    """One line for danger right now, and one to call about anything else (R50)."""
    lines = CrisisLine.objects.confirmed()
    call = lines.filter(emergency=False, channel=CrisisLine.Channel.CALL)
    return lines.filter(emergency=True).exists() and call.exists()


def _show_everywhere() -> None:
    """Once it is committed, forget the remembered lines and write the ones for the error pages."""
    transaction.on_commit(_forget_remembered_lines)
    transaction.on_commit(write_lines_file)


def _forget_remembered_lines() -> None:
    """This process shows them at once; each other one within a minute."""
    caches["memory"].delete_many([f"crisis-lines:{code}" for code, _name in settings.LANGUAGES])


def write_lines_file() -> None:
    """Write the lines down where error pages find them without a database.

    A disk that may not be written to costs only that: the pages then name the emergency number in words.
    """
    with translation.override(settings.LANGUAGE_CODE):
        lines = CrisisLine.objects.confirmed()
        rows = [{"href": line.href, "label": str(line.label), "words": line.words} for line in lines]
    try:
        _write_whole(Path(settings.CRISIS_LINES_FILE), json.dumps(rows, ensure_ascii=False))
    except OSError as problem:
        log.info("the help lines for error pages were not written (%s)", type(problem).__name__)


def _write_whole(target: Path, text: str) -> None:
    """Nobody ever reads half a file: write beside it, then put it in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.{os.getpid()}.{get_random_string(6)}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
