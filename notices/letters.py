"""The signed link that ends mails of a kind: it opens nothing and tells nothing about anybody."""

from typing import NamedTuple

from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse

from notices.areas import AREAS, BY_CODE, Area
from people.models import User

SALT = "notices.unsubscribe"


class Wish(NamedTuple):
    """Who wants no more mail of which area."""

    user: User
    area: Area


def unsubscribe_path(user: User, area: str) -> str:
    """Where one click ends mails of this area, without the site. It does not grow old: neither does a mailbox."""
    token = signing.dumps([user.public_id.hex, AREAS[area].code], salt=SALT)
    return reverse("notices:unsubscribe", args=[token])


def read_wish(token: str) -> Wish | None:
    """What a link asks for, or None: it is not from us, or its person is not active."""
    try:
        public_id, code = signing.loads(token, salt=SALT)
        user = User.objects.active().filter(public_id=public_id).first()
    except (signing.BadSignature, ValidationError, TypeError, ValueError):
        return None
    area = BY_CODE.get(code)
    return Wish(user, area) if user and area else None
