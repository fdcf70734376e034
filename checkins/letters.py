"""The signed link in a mail: it opens one question and tells nothing about anybody."""

from datetime import timedelta
from functools import lru_cache

from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse

from checkins.models import LATE_IS_WELCOME, CheckIn

SALT = "checkins.link"
MARK = "token-mark"
LONGEST = LATE_IS_WELCOME + timedelta(days=1)  # the row itself says when it is over; this only bounds the link
A_YEAR = timedelta(days=365)  # whoever finds an old mail can still stop the next ones


def link_path(checkin: CheckIn) -> str:
    """Where the link leads, without the site."""
    return _path().replace(MARK, signing.dumps(str(checkin.public_id), salt=SALT))


@lru_cache(maxsize=1)
def _path() -> str:
    """It is made for every mail: looked up once."""
    return reverse("checkins:link", args=[MARK])


def pause_path(checkin: CheckIn) -> str:
    """Where one click of a mail program leads that stops these messages (RFC 8058), without the site."""
    return pause_beside(link_path(checkin))


def pause_beside(link: str) -> str:
    """The same for a link that is signed already: a mail carries one signature, not three."""
    return f"{link}pause/"


def opened_by(token: str, *, longest: timedelta = LONGEST) -> CheckIn | None:
    """The question a link opens, or None: forged, older than `longest`, or its person is not active."""
    try:
        public_id = signing.loads(token, salt=SALT, max_age=longest)
        return CheckIn.objects.select_related("user").filter(public_id=public_id, user__is_active=True).first()
    except (signing.BadSignature, ValidationError):
        return None
