"""The link in a mail: it opens one question and tells nothing about anybody. No two look alike (people/letters.py)."""

from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from checkins.models import LATE_IS_WELCOME, CheckIn
from people.letters import close_token, open_token

SALT = "checkins.link"
MARK = "token-mark"
ID, SECONDS = 16, 4  # bytes of a question's id, and of the moment its link was made
LONGEST = LATE_IS_WELCOME + timedelta(days=1)  # the row itself says when it is over; this only bounds the link
A_YEAR = timedelta(days=365)  # whoever finds an old mail can still stop the next ones


def link_path(checkin: CheckIn) -> str:
    """Where the link leads, without the site."""
    made = int(timezone.now().timestamp()).to_bytes(SECONDS, "big")
    return _path().replace(MARK, close_token(SALT, checkin.public_id.bytes + made))


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
    public_id = _opened(token, longest)
    if public_id is None:
        return None
    return CheckIn.objects.select_related("user").filter(public_id=public_id, user__is_active=True).first()


def _opened(token: str, longest: timedelta) -> UUID | None:
    said = open_token(SALT, token, long=ID + SECONDS)
    if said is None:
        return _opened_before(token, longest)
    age = timezone.now().timestamp() - int.from_bytes(said[ID:], "big")
    return UUID(bytes=said[:ID]) if age <= longest.total_seconds() else None


def _opened_before(token: str, longest: timedelta) -> UUID | None:
    """Links in mails that were sent while everybody could read the id of the question in them."""
    try:
        return UUID(signing.loads(token, salt=SALT, max_age=longest))
    except (signing.BadSignature, AttributeError, TypeError, ValueError):
        return None
