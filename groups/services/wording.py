"""The organisation's own words: what groups are about, whom they are for, and where they are."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from groups.errors import StillInUse, WordTaken
from groups.models import Area, Term
from groups.services.locks import broken
from people import audit
from people.models import User
from people.policy import ensure


@transaction.atomic
def keep_term(actor: User, *, name: str, kind: str = "", term: Term | None = None) -> Term:
    """Add a word of this kind, or rename one; groups are found by the new name at once.

    Raises NotAllowed and WordTaken.
    """
    ensure(actor, "terms.keep")
    row = Term.objects.select_for_update(no_key=True).get(pk=term.pk) if term else Term(kind=kind)
    row.name = name
    _save(row)
    audit.record(actor, "term.keep", row)
    return row


@transaction.atomic
def drop_term(actor: User, *, term: Term) -> None:
    """Take a word away that no group uses. Raises NotAllowed and StillInUse."""
    ensure(actor, "terms.keep")
    row = Term.objects.select_for_update().get(pk=term.pk)
    if row.groups.exists():
        raise StillInUse(_("A group uses this word. Take it off the group first."))
    audit.record(actor, "term.drop", row)
    row.delete()


@transaction.atomic
def keep_area(
    actor: User, *, name: str, latitude: float | None = None, longitude: float | None = None, area: Area | None = None
) -> Area:
    """Add an area, or change one. With both degrees it is on the map, and groups are found by how near they are.

    Raises NotAllowed and WordTaken.
    """
    ensure(actor, "terms.keep")
    row = Area.objects.select_for_update(no_key=True).get(pk=area.pk) if area else Area()
    row.name, row.latitude, row.longitude = name, latitude, longitude
    _save(row)
    audit.record(actor, "area.keep", row)
    return row


@transaction.atomic
def drop_area(actor: User, *, area: Area) -> None:
    """Take an area away that no group is in. Raises NotAllowed and StillInUse."""
    ensure(actor, "terms.keep")
    row = Area.objects.select_for_update().get(pk=area.pk)
    if row.groups.exists():
        raise StillInUse(_("A group is in this area. Give the group another area first."))
    audit.record(actor, "area.drop", row)
    row.delete()


def _save(row: Any) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        if broken(problem) == "term_once":
            raise WordTaken(_("This word is there already")) from problem
        if broken(problem) == "area_name_ci":
            raise WordTaken(_("This area is there already")) from problem
        raise
