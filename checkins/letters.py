"""The signed link in a mail: it opens one question and tells nothing about anybody."""

from datetime import timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse

from checkins.models import LATE_IS_WELCOME, CheckIn

SALT = "checkins.link"
LONGEST = LATE_IS_WELCOME + timedelta(days=1)  # the row itself says when it is over; this only bounds the link
A_YEAR = timedelta(days=365)  # whoever finds an old mail can still stop the next ones


def link_path(checkin: CheckIn) -> str:
    """Where the link leads, without the site."""
    return reverse("checkins:link", args=[signing.dumps(str(checkin.public_id), salt=SALT)])


def pause_path(checkin: CheckIn) -> str:
    """Where one click of a mail program leads that stops these messages (RFC 8058), without the site."""
    return f"{link_path(checkin)}pause/"


def opened_by(token: str, *, longest: timedelta = LONGEST) -> CheckIn | None:
    """The question a link opens, or None: forged, older than `longest`, or its person is not active."""
    try:
        public_id = signing.loads(token, salt=SALT, max_age=longest)
        return CheckIn.objects.select_related("user").filter(public_id=public_id, user__is_active=True).first()
    except (signing.BadSignature, ValidationError):
        return None
