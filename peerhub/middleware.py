"""What holds for every request: plain input, safe headers, the reader's clock, the second step."""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from home.context_processors import facilitates
from peerhub.views import bad_request
from people.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]

ACCOUNTS = "/accounts/"
A_MINUTE, SHORT_VISIT, LONG_VISIT = 60, 30 * 60, 12 * 3600  # seconds
# These must work while the database is away or the second step is missing.
ALWAYS_OPEN = ("/leave/", "/healthz", "/readyz")
# Django writes bytes of a path that are not UTF-8 back as %FF; no address of ours holds such a sign.
BROKEN_LETTER = re.compile("%[89A-F][0-9A-F]", re.IGNORECASE)
# How browsers say that nobody has asked for a page yet, the newest way first.
SAID_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
NAMED_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def without_charset(environ: dict[str, Any]) -> dict[str, Any]:
    """Everything is read as UTF-8. Django fails on a charset that is no text (base64) before any middleware runs."""
    environ["CONTENT_TYPE"] = NAMED_CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
    return environ


class SecurityHeaders:
    """Keeps pages out of caches and search engines, and the device's senses away from the site."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        patch_vary_headers(response, ("Cookie",))
        if _is_private(request, response):
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        if _signs_out(request, response):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class PlainRequests:
    """Answers 400 to what no browser sends: NUL bytes and text that is not UTF-8."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_plain_address(request) and _has_plain_body(request):
            return self.get_response(request)
        return bad_request(request)


class NothingAhead:
    """Refuses what nobody looks at, where somebody is signed in: a page loaded before it was asked for, or its head.

    To open a page may say that it was seen, or stand in the record. Refused, the browser asks again when somebody
    goes there. So a view need not know HEAD from GET: nobody's own page comes to it that nobody sees (0046).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        if request.method == "HEAD":
            return HttpResponseNotAllowed(["GET", "POST"])
        return self._later() if _is_ahead(request) else self.get_response(request)

    @staticmethod
    def _later() -> HttpResponse:
        response = HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
        vars(response)["_has_been_logged"] = True  # nothing is wrong: Django would mail the admins
        return response


class ReadersClock:
    """Shows every time in the reader's zone and every word in their language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reader = None if request.path.startswith(ALWAYS_OPEN) else _reader(request)
        if reader is None:
            return self.get_response(request)
        with timezone.override(reader.zone), translation.override(_spoken(reader)):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            return self.get_response(request)


class IdleVisit:
    """Signs out whoever has not touched a page for a while (ASVS 7.3.1, safety.md T2).

    30 minutes for staff and on a shared device, 12 hours on a device of one's own.
    """

    SEEN = "seen"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (reader := _reader(request)) is not None:
            self._look_at_the_clock(request, reader)
        return self.get_response(request)

    def _look_at_the_clock(self, request: HttpRequest, reader: User) -> None:
        now = int(timezone.now().timestamp())
        idle = now - request.session.get(self.SEEN, now)
        if idle > SHORT_VISIT and idle > self._longest(request, reader):
            logout(request)
        elif idle >= A_MINUTE or self.SEEN not in request.session:
            request.session[self.SEEN] = now  # at most one write a minute

    def _longest(self, request: HttpRequest, reader: User) -> int:
        shared = request.session.get_expire_at_browser_close()
        return SHORT_VISIT if shared or _is_staff(request, reader) else LONG_VISIT


class SecondStep:
    """Keeps staff on the page about the second step until they have one."""

    SATISFIED = "second_step"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.STAFF_MFA_REQUIRED or request.path.startswith((*ALWAYS_OPEN, "/help/")):
            return self.get_response(request)
        if request.path.startswith(ACCOUNTS):
            return self._among_accounts(request)
        return redirect("mfa_index") if self._is_due(request) else self.get_response(request)

    def _among_accounts(self, request: HttpRequest) -> HttpResponse:
        """Always open. The second step may be made or taken off here, so look again afterwards."""
        vars(request)["second_step_due"] = SimpleLazyObject(lambda: self._is_due(request))
        response = self.get_response(request)
        request.session.pop(self.SATISFIED, None)
        return response

    def _is_due(self, request: HttpRequest) -> bool:
        reader = _reader(request)
        if reader is None or request.session.get(self.SATISFIED):
            return False
        if not _is_staff(request, reader):
            return False
        if not is_mfa_enabled(reader):
            return True
        request.session[self.SATISFIED] = True
        return False


def _is_ahead(request: HttpRequest) -> bool:
    return any(request.headers.get(name, "").startswith(("prefetch", "preview")) for name in SAID_AHEAD)


def _reader(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _is_staff(request: HttpRequest, reader: User) -> bool:
    """Either flag, or an open facilitator seat (architecture.md section 3)."""
    return reader.is_admin or reader.is_safety_lead or facilitates(request, reader)


def _spoken(reader: User) -> str:
    """The reader's language, or ours where that one is not spoken here (any more)."""
    return reader.locale if reader.locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _is_private(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this is for one person: somebody signed in, or on the way to that. Needs no database."""
    session = settings.SESSION_COOKIE_NAME
    return session in request.COOKIES or session in response.cookies or request.path.startswith(ACCOUNTS)


@receiver(user_logged_out, dispatch_uid="peerhub.middleware")
def _note_signing_out(request: HttpRequest | None, **_: Any) -> None:
    """The browser may keep a cookie after it: of a new session, with the words that say so."""
    if request is not None:
        request.META["peerhub.signed_out"] = True


def _signs_out(request: HttpRequest, response: HttpResponse) -> bool:
    cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
    return "peerhub.signed_out" in request.META or (cookie is not None and cookie["max-age"] == 0)


def _has_plain_address(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    return (
        (request.encoding or "utf-8").lower() in {"utf-8", "utf8"}
        and "\0" not in request.path_info
        and not BROKEN_LETTER.search(request.path_info)
        and _is_plain(unquote_to_bytes(query))
        and not any("\0" in value for value in request.COOKIES.values())
    )


def _has_plain_body(request: HttpRequest) -> bool:
    if request.method != "POST":
        return True
    try:
        if request.content_type == "multipart/form-data":
            return not any("\0" in text or "\ufffd" in text for text in _form_texts(request))
        if request.content_type == "application/x-www-form-urlencoded":
            return _is_plain(unquote_to_bytes(request.body))
    except (UnreadablePostError, ValueError):
        return False  # the browser hung up in the middle, or gave a length that is no number
    return True


def _form_texts(request: HttpRequest) -> Iterator[str]:
    """Every name, value and file name of a form with parts. Django has put U+FFFD where UTF-8 was broken."""
    for name, values in request.POST.lists():
        yield name
        yield from map(str, values)
    for name, uploads in request.FILES.lists():
        yield name
        yield from (str(getattr(upload, "name", "")) for upload in uploads)


def _is_plain(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
