"""What a group agrees to: published in versions, never edited, and affirmed by each person."""

from django.db import transaction
from django.utils.translation import gettext as _

from groups.errors import AgreementChanged
from groups.models import Acceptance, Agreement, Group
from groups.policies import belongs
from groups.services.locks import hold_group
from groups.words import starting_sections
from people import audit
from people.models import User
from people.policy import ensure


def starting_agreement() -> list[dict[str, str]]:
    """A first agreement with every part that R18 asks for, for the group to change."""
    return starting_sections()


@transaction.atomic
def publish_agreement(actor: User, *, group: Group, sections: list[dict[str, str]]) -> Agreement:
    """Publish the next version; everybody is asked again (R16). The same words again change nothing.

    Whoever publishes it and belongs has said yes to it. Raises NotAllowed unless the actor runs the
    group or is an admin.
    """
    ensure(actor, "agreement.publish", group)
    hold_group(group.pk)
    last = group.agreement
    if last is not None and last.sections == sections:
        return last
    version = last.version + 1 if last else 1
    agreement = Agreement.objects.create(group=group, version=version, sections=sections, published_by=actor)
    audit.record(actor, "agreement.publish", agreement, reason=f"version {version}")
    if belongs(actor, group):
        record_acceptance(actor, agreement)
    return agreement


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
