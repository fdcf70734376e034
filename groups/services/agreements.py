"""What a group agrees to: published in versions, never edited, and affirmed by each person."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from groups.errors import AgreementChanged, SectionMissing
from groups.models import Acceptance, Agreement, Group
from groups.models.agreement import review_day
from groups.policies import belongs
from groups.services.locks import hold_group
from groups.words import TOPICS, starting_sections
from people import audit
from people.models import User
from people.policy import ensure

Section = dict[str, str]


class Changes(NamedTuple):
    """What is different between two versions: each promise as it is now, with what it was, and what is gone."""

    sections: list[dict[str, Any]]
    gone: list[Section]

    def __bool__(self) -> bool:
        return bool(self.gone) or any(section["changed"] for section in self.sections)


def starting_agreement() -> list[Section]:
    """A first agreement with every part that R18 asks for, for the group to change."""
    return starting_sections()


def needed_topics(group: Group) -> list[str]:
    """What this group's agreement must speak of: everything (R18), and meeting online where it does so (R20)."""
    in_person = group.format == Group.Format.IN_PERSON
    return [topic for topic in TOPICS if not (in_person and topic == "online")]


@transaction.atomic
def publish_agreement(
    actor: User,
    *,
    group: Group,
    sections: list[Section],
    review_on: date | None = None,
    after: int | None = None,
) -> Agreement:
    """Publish the next version; everybody is asked again (R16). The same words again only move the review date.

    Whoever publishes it and belongs has said yes to it. `after` is the version that the actor started from,
    0 for none. Raises NotAllowed unless the actor runs the group or is an admin, SectionMissing (R18, R20),
    and AgreementChanged when another version holds by now.
    """
    ensure(actor, "agreement.publish", group)
    _ensure_whole(group, sections)
    hold_group(group.pk)
    last = group.agreement
    number = last.version if last else 0
    if after not in (None, number):
        raise AgreementChanged(_("Somebody else has published a version meanwhile. Compare it with yours first."))
    if last is not None and last.sections == sections:
        return _look_again(actor, last, review_on) if review_on else last
    agreement = Agreement.objects.create(
        group=group, version=number + 1, sections=sections, published_by=actor, review_on=review_on or review_day()
    )
    audit.record(actor, "agreement.publish", agreement, reason=f"version {agreement.version}")
    if belongs(actor, group):
        record_acceptance(actor, agreement)
    return agreement


@transaction.atomic
def keep_agreement(actor: User, *, group: Group, version: int | None = None) -> Agreement:
    """Looked at and left as it is: it is looked at again in half a year (R21).

    `version` is the one the actor looked at. Raises NotAllowed, and AgreementChanged when another one holds.
    """
    ensure(actor, "agreement.publish", group)
    hold_group(group.pk)
    agreement = group.agreement
    if agreement is None or version not in (None, agreement.version):
        raise AgreementChanged(_("The agreement has changed since you opened this page. Read it once more."))
    return _look_again(actor, agreement, review_day())


@transaction.atomic
def accept_agreement(user: User, *, group: Group, version: int | None = None) -> Acceptance | None:
    """Say yes to the version that holds now. Twice is one row; None where the group has no agreement.

    `version` is the one the person read. Raises NotAllowed for somebody who does not belong, and
    AgreementChanged when another one holds by now.
    """
    ensure(user, "agreement.accept", group)
    agreement = group.agreement
    if agreement is None:
        return None
    if version not in (None, agreement.version):
        raise AgreementChanged(_("The agreement has changed since you opened this page. Read it once more."))
    return record_acceptance(user, agreement)


def record_acceptance(user: User, agreement: Agreement) -> Acceptance:
    acceptance, new = Acceptance.objects.get_or_create(agreement=agreement, user=user)
    if new:
        audit.record(user, "agreement.accept", agreement, about=user, reason=f"version {agreement.version}")
    return acceptance


def what_changed(before: Iterable[Section], after: Iterable[Section]) -> Changes:
    """Each promise of `after`, with `was` where it stood differently, and the promises that are gone (R16).

    A part of R18 is the same part whatever it says. A group's own promise is known by its first sentence,
    or by its explanation where that sentence is another.
    """
    left, now = list(before), list(after)
    found: dict[int, Section] = {}
    for known in (_same_topic, _same_promise, _same_meaning):
        for place, section in enumerate(now):
            was = next((old for old in left if place not in found and known(old, section)), None)
            if was is not None:
                left.remove(was)
                found[place] = was
    return Changes([_compared(section, found.get(place)) for place, section in enumerate(now)], left)


def asked_again(group: Group, actor: User) -> int:
    """How many people a new version asks: everybody who belongs, but whoever publishes it."""
    return group.memberships.belonging().exclude(user=actor).count()


def _ensure_whole(group: Group, sections: list[Section]) -> None:
    there = {section.get("topic") for section in sections if section.get("promise")}
    missing = [str(TOPICS[topic]) for topic in needed_topics(group) if topic not in there]
    if missing:
        raise SectionMissing(_("The agreement has to speak of: %(parts)s.") % {"parts": ", ".join(missing)})


def _look_again(actor: User, agreement: Agreement, day: date) -> Agreement:
    if agreement.review_on == day:
        return agreement
    agreement.review_on = day
    agreement.save(update_fields=["review_on"])
    audit.record(actor, "agreement.keep", agreement, reason=f"version {agreement.version}")
    return agreement


def _compared(section: Section, was: Section | None) -> dict[str, Any]:
    same = was is not None and (was["promise"], was["meaning"]) == (section["promise"], section["meaning"])
    return section | {"changed": not same, "was": None if same else was}


def _same_topic(old: Section, new: Section) -> bool:
    return bool(old.get("topic")) and old.get("topic") == new.get("topic")


def _same_promise(old: Section, new: Section) -> bool:
    return not (old.get("topic") or new.get("topic")) and old["promise"] == new["promise"]


def _same_meaning(old: Section, new: Section) -> bool:
    return not (old.get("topic") or new.get("topic")) and bool(new["meaning"]) and old["meaning"] == new["meaning"]
