"""Invitations: a signed link sent to an address. What it opens stands in `services/taking.py`."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from groups.models import Group, Invitation
from notices.services import send_to_address
from people import audit
from people.models import User
from people.policy import can, ensure

OPEN_FOR = timedelta(days=14)
IN_A_GROUP = {Invitation.Role.MEMBER, Invitation.Role.FACILITATOR}

_signer = Signer(salt="groups.invitation", sep=".")


@transaction.atomic
def invite(actor: User, *, emails: Iterable[str], role: str, group: Group | None = None) -> list[Invitation]:
    """Write to each address once. An open letter to it is renewed and sent again.

    Letters live 14 days. Admins and safety leads belong to no group, so theirs name none.
    Raises NotAllowed unless the actor may invite.
    """
    ensure(actor, "invitation.make", group)
    group = group if role in IN_A_GROUP else None
    addresses = dict.fromkeys(email.strip().lower() for email in emails)
    return [_write(actor, email, role, group) for email in addresses if email]


@transaction.atomic
def revoke_invitation(actor: User, *, invitation: Invitation) -> Invitation:
    """Take a letter back: its link opens nothing any more. Twice is harmless. Raises NotAllowed."""
    ensure(actor, "invitation.revoke", invitation)
    if Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=timezone.now()):
        audit.record(actor, "invitation.revoke", invitation)
    invitation.refresh_from_db()
    return invitation


def invitation_token(invitation: Invitation) -> str:
    """What stands in the link. Signed, so that nobody can make one up."""
    return _signer.sign(invitation.public_id.hex)


def read_token(token: str) -> Invitation | None:
    """The open letter behind a link, or None whatever is wrong with it."""
    invitation = _letter(token)
    return invitation if invitation and still_holds(invitation) else None


def taken_with(user: User, token: str) -> Invitation | None:
    """The letter that this person has taken already: the second click of the same yes."""
    invitation = _letter(token)
    return invitation if invitation and invitation.accepted_by_id == user.pk else None


def still_holds(invitation: Invitation) -> bool:
    """Open, in time, for a group that goes on, and from somebody who may still invite."""
    is_open = invitation.accepted_at is None and invitation.revoked_at is None
    ended = invitation.group is not None and invitation.group.state == Group.State.ARCHIVED
    in_time = not invitation.has_run_out
    return is_open and in_time and not ended and can(invitation.invited_by, "invitation.make", invitation.group)


def _write(actor: User, email: str, role: str, group: Group | None) -> Invitation:
    invitation, _new = Invitation.objects.open().update_or_create(
        email=email,
        group=group,
        defaults={"role": role, "invited_by": actor, "expires_at": timezone.now() + OPEN_FOR},
    )
    audit.record(actor, "invitation.make", invitation, reason=role)
    link = settings.SITE_URL + reverse("groups:invitation", args=[invitation_token(invitation)])
    body = render_to_string("groups/mail/invitation.txt", {"link": link, "until": invitation.expires_at})
    send_to_address(email, body)
    return invitation


def _letter(token: str) -> Invitation | None:
    try:
        public_id = _signer.unsign(token)
    except BadSignature:
        return None
    return Invitation.objects.select_related("group", "invited_by").filter(public_id=public_id).first()
