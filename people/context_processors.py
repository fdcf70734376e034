"""What the frame of every page knows: light or dark, where Leave goes, who runs this place, whether it is a test."""

from typing import Any, cast

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from people.models import Organisation, User

THEME_COOKIE = "theme"
ORGANISATION_KEY = "organisation"
SECONDS_REMEMBERED = 60


def place(request: HttpRequest) -> dict[str, Any]:
    """The organisation costs a query only on pages that name it, once a minute and process."""
    return {
        "theme": chosen_theme(request),
        "exit_url": settings.EXIT_URL,
        "only_listed_mail": not settings.EMAIL_TO_EVERYBODY,
        "organisation": SimpleLazyObject(_organisation),
    }


def chosen_theme(request: HttpRequest) -> str:
    """The theme of the account, or of the cookie for somebody signed out."""
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.is_authenticated:
        return user.theme
    return cookie_theme(request)


def cookie_theme(request: HttpRequest) -> str:
    """The theme this browser asked for; needs no database."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in User.Theme.values else User.Theme.SYSTEM.value


def _organisation() -> Organisation:
    remembered = caches["memory"].get_or_set(ORGANISATION_KEY, Organisation.current, SECONDS_REMEMBERED)
    return cast(Organisation, remembered)
