"""Invitations: a signed link sent to an address. What it opens stands in `services/taking.py`.

Admins write to anybody; those who run a group ask people into that group, as members and nothing else.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import NotTakingPeople
from groups.models import Group, Invitation
from notices.services import send_to_address
from people import audit
from people.models import User
from people.policy import can, ensure

OPEN_FOR = timedelta(days=14)
JUST_SENT = timedelta(minutes=1)  # a second click within it sends nothing
IN_A_GROUP = {Invitation.Role.MEMBER, Invitation.Role.FACILITATOR}

_signer = Signer(salt="groups.invitation", sep=".")


@transaction.atomic
def invite(actor: User, *, emails: Iterable[str], role: str, group: Group | None = None) -> list[Invitation]:
    """Write to each address once. An open letter to it is renewed and sent again, but not within a minute.

    Letters live 14 days. Admins and safety leads belong to no group, so theirs name none. Raises NotAllowed
    unless the actor may invite, and NotTakingPeople for members of a group that has begun among itself (R8).
    """
    group = group if role in IN_A_GROUP else None
    ensure(actor, _right(role, group), group)
    if role == Invitation.Role.MEMBER and group is not None and not group.takes_invited:
        raise NotTakingPeople(_("This group takes nobody new at the moment, with or without an invitation."))
    addresses = dict.fromkeys(email.strip().lower() for email in emails)
    return [_write(actor, email, role, group) for email in addresses if email]


@transaction.atomic
def send_again(actor: User, *, invitation: Invitation) -> Invitation:
    """Renew an open letter and send it once more. Taken ones stay. Raises NotAllowed and NotTakingPeople."""
    ensure(actor, "invitation.revoke", invitation)
    if invitation.accepted_at is None and invitation.revoked_at is None:
        invite(actor, emails=[invitation.email], role=invitation.role, group=invitation.group)
    invitation.refresh_from_db()
    return invitation


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
    """Open, in time, for a group that takes people this way, and from somebody who may still invite."""
    group = invitation.group
    is_open = invitation.accepted_at is None and invitation.revoked_at is None
    if not is_open or invitation.has_run_out:
        return False
    if group is not None and not _takes(group, invitation.role):
        return False
    return can(invitation.invited_by, _right(invitation.role, group), group)


def _right(role: str, group: Group | None) -> str:
    """Asking a member into one group is less than giving somebody a role."""
    return "group.invite" if role == Invitation.Role.MEMBER and group is not None else "invitation.make"


def _takes(group: Group, role: str) -> bool:
    return group.takes_invited if role == Invitation.Role.MEMBER else group.state != Group.State.ARCHIVED


def _write(actor: User, email: str, role: str, group: Group | None) -> Invitation:
    """The row is held, so that of two clicks at once the second meets the letter of the first."""
    start = {"role": role, "invited_by": actor, "expires_at": timezone.now() + OPEN_FOR}
    letter, new = Invitation.objects.open().get_or_create(email=email, group=group, defaults=start)
    if not new:
        letter = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by").get(pk=letter.pk)
        if not _renewed(letter, actor, role):
            return letter
    audit.record(actor, "invitation.make", letter, reason=role)
    link = settings.SITE_URL + reverse("groups:invitation", args=[invitation_token(letter)])
    send_to_address(email, render_to_string("groups/mail/invitation.txt", {"link": link, "until": letter.expires_at}))
    return letter


def _renewed(letter: Invitation, actor: User, role: str) -> bool:
    """Make the open letter new. False where it stays as it is: sent a moment ago, or more than this person may give."""
    mightier = letter.role != role and not can(actor, "invitation.make", letter.group)
    sent = letter.expires_at - OPEN_FOR
    if mightier or (letter.role == role and timezone.now() - sent < JUST_SENT and still_holds(letter)):
        return False
    letter.role, letter.invited_by, letter.expires_at = role, actor, timezone.now() + OPEN_FOR
    letter.save(update_fields=["role", "invited_by", "expires_at"])
    return True


def _letter(token: str) -> Invitation | None:
    try:
        public_id = _signer.unsign(token)
    except BadSignature:
        return None
    return Invitation.objects.select_related("group", "invited_by").filter(public_id=public_id).first()
