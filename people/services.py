"""Changes to people, their consents and the organisation."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import audit, consents, signals
from people.errors import Refused
from people.models import Consent, Heartbeat, Organisation, User
from people.policy import ensure


class LastAdmin(Refused):
    """Somebody must be able to look after the rest."""


def heard(name: str) -> None:
    """Note that the clock called `name` ticked just now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


@transaction.atomic
def change_person(actor: User, *, person: User, **changes: Any) -> User:
    """Save what a person changed about themself. Raises NotAllowed for anybody else."""
    ensure(actor, "person.change", person)
    for field, value in changes.items():
        setattr(person, field, value)
    person.save(update_fields=list(changes))
    audit.record(actor, "person.change", person, about=person, reason=", ".join(sorted(changes)))
    return person


def set_theme(user: User, *, theme: str) -> None:
    """Light, dark or as the device says: a taste, so not worth a line in the record."""
    User.objects.filter(pk=user.pk).update(theme=theme)


@transaction.atomic
def change_roles(actor: User, *, person: User, is_admin: bool, is_safety_lead: bool) -> User:
    """Give or take the admin and safety lead roles.

    Raises NotAllowed, and LastAdmin when nobody would be left to look after the organisation.
    """
    ensure(actor, "person.roles", person)
    if not is_admin:
        _ensure_an_admin_stays(person)
    person.is_admin, person.is_safety_lead = is_admin, is_safety_lead
    person.save(update_fields=["is_admin", "is_safety_lead"])
    audit.record(actor, "person.roles", person, about=person, reason=_role_words(person))
    signals.stepped_back.send(User, person=person)
    return person


@transaction.atomic
def suspend_person(actor: User, *, person: User) -> User:
    """Close the door to somebody for now and end every visit of theirs at once. Twice is harmless.

    What belongs to them stays. Raises NotAllowed for anybody but another admin, and LastAdmin.
    """
    ensure(actor, "person.suspend", person)
    _ensure_an_admin_stays(person)
    if _move(person, User.State.ACTIVE, User.State.SUSPENDED):
        audit.record(actor, "person.suspend", person, about=person)
        signals.stepped_back.send(User, person=person)
    for visit in UserSession.objects.filter(user=person):
        visit.end()
    return person


@transaction.atomic
def reinstate_person(actor: User, *, person: User) -> User:
    """Open the door again to somebody who was suspended. Twice is harmless. Raises NotAllowed."""
    ensure(actor, "person.reinstate", person)
    if _move(person, User.State.SUSPENDED, User.State.ACTIVE):
        audit.record(actor, "person.reinstate", person, about=person)
    return person


def _ensure_an_admin_stays(person: User) -> None:
    """Admins are locked in one order, so that two who go at once cannot both."""
    admins = list(User.objects.select_for_update().admins().order_by("pk"))
    if admins == [person]:
        raise LastAdmin(_("This is the only admin. Make somebody else an admin first."))


def _move(person: User, before: str, after: str) -> bool:
    """From one state to the other, unless somebody was faster. Says whether it moved."""
    person.move_to(after)
    held = User.objects.filter(pk=person.pk, state=before)
    moved = bool(held.update(state=person.state, is_active=person.is_active))
    person.refresh_from_db(fields=["state", "is_active"])
    return moved


def _role_words(person: User) -> str:
    roles = [word for word, held in [("admin", person.is_admin), ("safety lead", person.is_safety_lead)] if held]
    return ", ".join(roles) or "none"


@transaction.atomic
def change_organisation(actor: User, **changes: Any) -> Organisation:
    """Save settings of the organisation. Raises NotAllowed unless the actor is an admin."""
    ensure(actor, "organisation.change")
    organisation = Organisation.current()
    for field, value in changes.items():
        setattr(organisation, field, value)
    organisation.save(update_fields=list(changes))
    audit.record(actor, "organisation.change", organisation, reason=", ".join(sorted(changes)))
    return organisation


@transaction.atomic
def give_consent(user: User, *, purpose: str, version: str, channel: str) -> Consent:
    """Note that this person agrees, in these words and here. Agreeing twice to the same words is one row."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = Consent.objects.standing(purpose).filter(user=user).first()
    if held and held.version == version:
        return held
    _close(user, purpose)
    consent = Consent.objects.create(user=user, purpose=purpose, version=version, channel=channel)
    audit.record(user, "consent.give", consent, about=user, reason=f"{purpose} {version}")
    return consent


def keep_hello(user: User, yes: bool | None, *, channel: str) -> None:
    """Whether those who run a group may say hello after a missed session (R36). None: it was not asked here."""
    if yes:
        give_consent(user, **consents.HELLO, channel=channel)
    elif yes is not None:
        withdraw_consent(user, purpose=consents.HELLO["purpose"])


@transaction.atomic
def withdraw_consent(user: User, *, purpose: str) -> int:
    """Take back what was agreed to, and let what hangs on it end. Returns how many rows that closed (0 or 1)."""
    closed = _close(user, purpose)
    if closed:
        signals.consent_withdrawn.send(User, person=user, purpose=purpose)
    return closed


def _close(user: User, purpose: str) -> int:
    closed = Consent.objects.standing(purpose).filter(user=user).update(withdrawn_at=timezone.now())
    if closed:
        audit.record(user, "consent.withdraw", user, about=user, reason=purpose)
    return closed
