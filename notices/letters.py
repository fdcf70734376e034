"""The signed link that ends mails of a kind: it opens nothing and tells nothing about anybody.

Its token is the person's random id and a code. Only we can make the code, and nobody reads a kind of mail in it: it is
another one for each person and area, and we find the area by making all of them again.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from notices.areas import AREAS, BY_CODE, Area
from people.models import User

SALT = "notices.unsubscribe"
ID = 16  # bytes of a person's id, and of the code behind it
LONG = 43  # letters of a token


class Wish(NamedTuple):
    """Who wants no more mail of which area."""

    user: User
    area: Area


def unsubscribe_path(user: User, area: str) -> str:
    """Where one click ends mails of this area, without the site. It does not grow old: neither does a mailbox."""
    whole = user.public_id.bytes + _code(user.public_id, AREAS[area], settings.SECRET_KEY)
    return reverse("notices:unsubscribe", args=[urlsafe_b64encode(whole).rstrip(b"=").decode()])


def read_wish(token: str) -> Wish | None:
    """What a link asks for, or None: it is not from us, or its person is not active."""
    public_id, area = _opened(token) if len(token) == LONG else _opened_old(token)
    user = User.objects.active().filter(public_id=public_id).first() if public_id and area else None
    return Wish(user, area) if user and area else None


def _code(public_id: UUID, area: Area, secret: str | bytes) -> bytes:
    said = public_id.bytes + area.name.encode()
    return salted_hmac(SALT, said, secret=secret, algorithm="sha256").digest()[:ID]


def _opened(token: str) -> tuple[UUID | None, Area | None]:
    try:
        whole = urlsafe_b64decode(f"{token}=".encode("ascii"))
    except ValueError:  # no base64, or letters of another alphabet
        return None, None
    if len(whole) != 2 * ID:  # signs that are no letters were passed over
        return None, None
    public_id = UUID(bytes=whole[:ID])
    for area, code in _codes(public_id):
        if hmac.compare_digest(code, whole[ID:]):
            return public_id, area
    return None, None


def _codes(public_id: UUID) -> Iterator[tuple[Area, bytes]]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        for area in AREAS.values():
            yield area, _code(public_id, area, secret)


def _opened_old(token: str) -> tuple[UUID | None, Area | None]:
    """Links in mails that were sent before tokens were opaque."""
    try:
        public_id, code = signing.loads(token, salt=SALT)
        return UUID(public_id), BY_CODE.get(code)
    except (signing.BadSignature, AttributeError, TypeError, ValueError):
        return None, None
