"""Making a group, opening it, and looking after what it is."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import (
    AddressTaken,
    CannotRunGroup,
    DoorRefused,
    GroupEnded,
    GroupNameTaken,
    HelpLinesUnconfirmed,
    KindStays,
    NoAgreement,
    NoFacilitator,
    NoName,
)
from groups.models import Group, Membership, Term
from groups.policies import may_run
from groups.services.locks import broken, hold_group, one_name_each
from groups.services.offering import offer_free_places
from groups.services.wishing import tell_waiting
from groups.words import RESERVED, pair_of_words
from people import audit
from people.models import Organisation, User
from people.policy import ensure
from people.sealed import seal, unseal

TRIES_FOR_AN_ADDRESS = 20
SETTINGS = {
    "name", "purpose", "about", "kind", "format", "place", "hides_place", "area", "languages", "terms", "access",
    "access_notes", "cost", "capacity", "intake", "starts_on", "ends_on", "opens_again_on", "offer_hours",
    "allows_visits", "offers_talk", "adults_only", "shows_members", "listed", "indexable", "shared_openly",
    "last_ritual", "slug", "time_zone",
}  # fmt: skip
CONVERTIBLE = {Group.Kind.CIRCLE, Group.Kind.FAMILY, Group.Kind.COHORT}


@transaction.atomic
def create_group(actor: User, *, name: str, purpose: str, terms: Iterable[Term] = (), **facts: Any) -> Group:
    """Prepare a group that nobody sees yet; without a `slug` at an address that says nothing.

    `facts` are any of SETTINGS; what is left out starts as the model says. Raises NotAllowed,
    GroupNameTaken, AddressTaken, and KindStays for a pair; ValueError for what is no setting.
    """
    ensure(actor, "group.create")
    _ensure_settings(facts)
    group = Group(name=name, purpose=purpose, created_by=actor, **facts)
    if group.is_pair:
        raise KindStays(_("A pair begins inside a mentoring programme, with the yes of both."))
    if group.slug:
        _ensure_ours(group.slug)
        save_group(group)
    else:
        save_at_a_free_address(group)
    group.terms.set(terms)
    audit.record(actor, "group.create", group)
    return group


@transaction.atomic
def change_group(actor: User, *, group: Group, **changes: Any) -> Group:
    """Save what changed about a group. Nobody loses a place when there are fewer; more go to those who wait.

    Raises NotAllowed (always for a pair), GroupNameTaken, AddressTaken and KindStays; ValueError for
    what is no setting.
    """
    ensure(actor, "group.change", group)
    _ensure_settings(changes)
    row = hold_group(group.pk)
    changed = _changed(row, changes)
    if "kind" in changed:
        _ensure_kind_may_change(row, changes["kind"])
    if "slug" in changed:
        _ensure_ours(changes["slug"])
    for field in changed - {"terms"}:
        setattr(row, field, changes[field])
    save_group(row, update_fields=sorted(changed - {"terms"}))
    if "terms" in changed:
        row.terms.set(changes["terms"])
    if changed:
        audit.record(actor, "group.change", row, reason=", ".join(sorted(changed)))
    if "capacity" in changed:
        offer_free_places(row)
    if changed & {"place", "format"}:
        signals.group_moved.send(Group, group=row, actor=actor)
    return row


@transaction.atomic
def open_group(actor: User, *, group: Group) -> Group:
    """Show the group to people, and tell those who wait for one like it. Twice is harmless.

    Raises NotAllowed, GroupEnded, HelpLinesUnconfirmed (R51), NoFacilitator and NoAgreement.
    """
    ensure(actor, "group.open", group)
    row = hold_group(group.pk)
    if row.state == Group.State.OPEN:
        return row
    if row.has_ended:
        raise GroupEnded(_("This group has ended. Its page about ending opens it again."))
    ensure_ready(row)
    row.state, row.opened_at = Group.State.OPEN, timezone.now()
    row.save(update_fields=["state", "opened_at"])
    audit.record(actor, "group.open", row)
    tell_waiting(row)
    return row


def ensure_ready(group: Group) -> None:
    """Raise what a group still needs before people come."""
    if Organisation.current().crisis_confirmed_at is None:
        raise HelpLinesUnconfirmed(_("An admin has to confirm the help lines before a group opens."))
    if not group.memberships.facilitators().filter(user__is_active=True).exists():
        raise NoFacilitator(_("Choose somebody who runs the group first."))
    if group.agreement is None:
        raise NoAgreement(_("Publish what the group agrees to first."))


@transaction.atomic
def appoint_facilitator(actor: User, *, group: Group, person: User, alias: str = "") -> Membership:
    """Give a person the group to run; without `alias` they keep the name they have there, or their own.

    Raises NotAllowed unless the actor is an admin, CannotRunGroup, NoName and NameTaken.
    """
    ensure(actor, "facilitator.appoint", group)
    hold_group(group.pk)
    seat = group.memberships.open().filter(user=person).first() or Membership(
        group=group, user=person, state=Membership.State.INVITED
    )
    if not may_run(person) or seat.state == Membership.State.BLOCKED:
        raise CannotRunGroup(_("This person cannot run the group."))
    joins = not seat.belongs
    seat.role, seat.alias = Membership.Role.FACILITATOR, alias or seat.alias or person.display_name
    if not seat.alias:
        raise NoName(_("Give the name by which members will know this person."))
    if seat.state != Membership.State.ACTIVE:
        seat.move_to(Membership.State.ACTIVE)
        seat.decided_by, seat.decided_at = actor, timezone.now()
    with one_name_each():
        seat.save()
    audit.record(actor, "facilitator.appoint", seat, about=person)
    if joins:
        signals.member_joined.send(Membership, membership=seat)
    offer_free_places(group)  # whoever runs a group takes no place
    return seat


@transaction.atomic
def set_door(actor: User, *, group: Group, url: str) -> Group:
    """Keep the video link, sealed; an empty one takes it away. Raises NotAllowed and DoorRefused."""
    ensure(actor, "group.door", group)
    if url and not _is_trusted(url):
        hosts = ", ".join(settings.DOOR_HOSTS)
        raise DoorRefused(_("Give a link that starts with https:// and leads to one of: %(hosts)s") % {"hosts": hosts})
    row = hold_group(group.pk)
    seal(row, "door", url, owner=row)
    row.save(update_fields=["door"])
    audit.record(actor, "group.door", row)
    return row


def door_host(actor: User, *, group: Group) -> str:
    """Where the video link leads, without the link itself; "" where there is none. Raises NotAllowed."""
    ensure(actor, "group.door", group)
    return urlsplit(unseal(group, "door", owner=group)).hostname or ""


def _is_trusted(url: str) -> bool:
    """A plain https address on a host of DOOR_HOSTS or below one, with no sign in it that browsers read differently."""
    try:
        URLValidator(schemes=["https"])(url)
        parts = urlsplit(url)
        port = parts.port
    except (ValidationError, ValueError):
        return False
    if "\\" in url or "@" in parts.netloc or port not in (None, 443):
        return False
    host = (parts.hostname or "").lower()
    return any(host == trusted or host.endswith(f".{trusted}") for trusted in settings.DOOR_HOSTS)


def save_at_a_free_address(group: Group) -> None:
    """Pairs of words run into each other now and then: try others, then one with a number."""
    for _try in range(TRIES_FOR_AN_ADDRESS):
        group.slug = pair_of_words()
        try:
            return save_group(group)
        except AddressTaken:
            continue
    group.slug = f"{pair_of_words()}-{group.public_id.hex[:8]}"
    return save_group(group)


def save_group(group: Group, update_fields: list[str] | None = None) -> None:
    """Save it, or say which rule of the database it met. Raises GroupNameTaken and AddressTaken."""
    try:
        with transaction.atomic():
            group.save(update_fields=update_fields)
    except IntegrityError as problem:
        if broken(problem) == "group_name_ci":
            raise GroupNameTaken(_("Another group has this name. Choose one that tells them apart")) from problem
        if "slug" in broken(problem):
            raise AddressTaken(_("Another group has this address. Choose other words")) from problem
        raise


def _changed(row: Group, changes: dict[str, Any]) -> set[str]:
    """The names of what is not already so. The order in which things were ticked is no change."""
    fields = {field for field in changes.keys() - {"terms"} if _plain(getattr(row, field)) != _plain(changes[field])}
    if "terms" in changes and set(row.terms.all()) != set(changes["terms"]):
        fields.add("terms")
    return fields


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _ensure_kind_may_change(row: Group, kind: str) -> None:
    """Before it opens, any kind but a pair; after that only where nobody finds themself in another thing."""
    if kind == Group.Kind.PAIR:
        raise KindStays(_("A pair begins inside a mentoring programme, with the yes of both."))
    if row.pairs.exists() or row.memberships.filter(role=Membership.Role.MENTOR).exists():
        raise KindStays(_("People mentor here, so it stays a programme. Make another group for the other kind."))
    if row.state == Group.State.DRAFT:
        return
    if row.has_ended or not {row.kind, kind} <= CONVERTIBLE:
        raise KindStays(_("People came to what it is, so this group stays what it is. Make another one."))
    if row.kind == Group.Kind.COHORT and row.has_started:
        raise KindStays(_("This course has begun, and who began together stays together. Make another group."))


def _ensure_ours(slug: str) -> None:
    if slug in RESERVED:
        raise AddressTaken(_("A page of ours has this address. Choose other words"))


def _ensure_settings(facts: dict[str, Any]) -> None:
    if not facts.keys() <= SETTINGS:
        raise ValueError(f"not settings of a group: {sorted(facts.keys() - SETTINGS)}")
