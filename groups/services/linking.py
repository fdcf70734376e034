"""A group's link that people pass on: made, replaced and taken back by those who run the group.

It carries nothing about anybody: a signed number that opens the group's page and the way to ask.
"""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from groups.models import Group, GroupLink
from groups.policies import link_holds
from groups.services.locks import hold_group
from people import audit
from people.models import User
from people.policy import ensure

WORKS_FOR = (7, 30, 90)  # days
USUALLY = 30
JUST_MADE = timedelta(minutes=1)

_signer = Signer(salt="groups.link", sep=".")


@transaction.atomic
def make_link(actor: User, *, group: Group, days: int = USUALLY) -> GroupLink:
    """Make the group's link; the one before it opens nothing any more. A second click gives the first one's.

    Raises NotAllowed unless the actor runs the group; ValueError for a time nobody may choose.
    """
    if days not in WORKS_FOR:
        raise ValueError(f"a link works for one of {WORKS_FOR} days")
    ensure(actor, "group.link", group)
    hold_group(group.pk)
    now = timezone.now()
    before = group.links.standing().first()
    if before and _is_the_same(before, actor, days):
        return before
    group.links.standing().update(revoked_at=now)
    link = GroupLink.objects.create(
        group=group, created_by=actor, created_at=now, expires_at=now + timedelta(days=days)
    )
    audit.record(actor, "group.link", link, reason=f"{days} days")
    return link


@transaction.atomic
def revoke_link(actor: User, *, group: Group) -> Group:
    """Take the group's link back: it opens nothing from now on. Twice is harmless. Raises NotAllowed."""
    ensure(actor, "group.link", group)
    hold_group(group.pk)
    if group.links.standing().update(revoked_at=timezone.now()):
        audit.record(actor, "group.link_revoke", group)
    return group


def open_link(group: Group) -> GroupLink | None:
    """The link that works now, for those who run the group."""
    link = group.links.standing().select_related("group", "created_by").first()
    return link if link and link_holds(link) else None


def link_token(link: GroupLink) -> str:
    """What stands in the link. Signed, so that nobody can make one up."""
    return _signer.sign(link.public_id.hex)


def read_link(token: str) -> GroupLink | None:
    """The link that a token stands for, or None whatever is wrong with it: forged, too old, taken back."""
    try:
        public_id = _signer.unsign(token)
    except BadSignature:
        return None
    link = GroupLink.objects.select_related("group", "created_by").filter(public_id=public_id).first()
    return link if link and link_holds(link) else None


def _is_the_same(before: GroupLink, actor: User, days: int) -> bool:
    made = before.expires_at - timedelta(days=days)
    return before.created_by_id == actor.pk and before.created_at == made and timezone.now() - made < JUST_MADE
