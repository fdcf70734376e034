"""The link that ends mails of a kind: it opens nothing and tells nothing about anybody.

Its token says the person's random id and the area. It is closed anew for each mail: nobody reads either in it, and
nobody sees that two mails are for one person or of one kind.
"""

import hmac
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from notices.areas import AREAS, BY_CODE, Area
from people.letters import close_token, open_token
from people.models import User

SALT = "notices.unsubscribe"
MARK = "token-mark"
ID = 16  # bytes of a person's id; the code of the area is one more
LONG_BEFORE = 43  # letters of a token as they were until November 2026


class Wish(NamedTuple):
    """Who wants no more mail of which area."""

    user: User
    area: Area


def unsubscribe_path(user: User, area: str) -> str:
    """Where one click ends mails of this area, without the site. It does not grow old: neither does a mailbox."""
    said = user.public_id.bytes + AREAS[area].code.encode()
    return _path().replace(MARK, close_token(SALT, said))


@lru_cache(maxsize=1)
def _path() -> str:
    """It is made for every mail: looked up once."""
    return reverse("notices:unsubscribe", args=[MARK])


def read_wish(token: str) -> Wish | None:
    """What a link asks for, or None: it is not from us, or its person is not active."""
    public_id, area = _opened(token)
    user = User.objects.active().filter(public_id=public_id).first() if public_id and area else None
    return Wish(user, area) if user and area else None


def _opened(token: str) -> tuple[UUID | None, Area | None]:
    said = open_token(SALT, token, long=ID + 1)
    if said is not None:
        return UUID(bytes=said[:ID]), BY_CODE.get(said[ID:].decode("latin-1"))
    return _opened_before(token) if len(token) == LONG_BEFORE else _opened_first(token)


# -- links in mails that were sent before ---------------------------------------------------
def _opened_before(token: str) -> tuple[UUID | None, Area | None]:
    """Tokens of the person's id and a code of the area, which is found by making all of them again."""
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
            yield area, _code_before(public_id, area, secret)


def _code_before(public_id: UUID, area: Area, secret: str | bytes) -> bytes:
    said = public_id.bytes + area.name.encode()
    return salted_hmac(SALT, said, secret=secret, algorithm="sha256").digest()[:ID]


def _opened_first(token: str) -> tuple[UUID | None, Area | None]:
    """Signed tokens that everybody could read."""
    try:
        public_id, code = signing.loads(token, salt=SALT)
        return UUID(public_id), BY_CODE.get(code)
    except (signing.BadSignature, AttributeError, TypeError, ValueError):
        return None, None
