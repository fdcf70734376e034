"""Pages of the shell itself: leaving, light or dark, signs of life, and what to say when something fails."""

import sys
from http import HTTPStatus
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from home.context_processors import saved_help_lines
from people.context_processors import THEME_COOKIE, cookie_theme
from people.http import safe_next
from people.models import Heartbeat, User
from people.services import set_theme

A_YEAR = 365 * 24 * 3600
LATE_AFTER_SECONDS = 180  # three ticks of the clock


class SeeOther(HttpResponseRedirect):
    """Go on with a GET, whatever this request was."""

    status_code = HTTPStatus.SEE_OTHER


@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out and go somewhere dull. All a forged request could do is that, so it needs no token."""
    logout(request)
    return _way_out()


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or as the device says, in the account and in this browser."""
    wanted = request.POST.get("theme", "")
    if wanted not in User.Theme.values:
        return bad_request(request)
    if isinstance(request.user, User) and request.user.is_authenticated:
        set_theme(request.user, theme=wanted)
    response = SeeOther(safe_next(request, "/"))
    response.set_cookie(
        THEME_COOKIE, wanted, max_age=A_YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may look everywhere but where letters and sign-in lead; what they may keep, each page says."""
    sitemap = request.build_absolute_uri(reverse("groups:sitemap"))
    return HttpResponse(f"User-agent: *\nDisallow: /accounts/\nSitemap: {sitemap}\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the database, the broker and the clock do their work: a line each, no names, no addresses."""
    found = {"database": _database(), "broker": _broker()}
    found["clock"] = _clock() if found["database"] == "ok" else "unknown"
    well = all(state.startswith("ok") for state in found.values())
    lines = "".join(f"{part}: {state}\n" for part, state in found.items())
    response = HttpResponse(lines, content_type="text/plain")
    if not well:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        vars(response)["_has_been_logged"] = True  # Django would mail the admins at every probe
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    return _page_without_database(request, "400.html", HTTPStatus.BAD_REQUEST, too_much=too_much)


def page_closed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token did not fit: usually a page that stood open for a long time."""
    return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)


def page_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def something_broke(request: HttpRequest) -> HttpResponse:
    """The page for 500, and for 503 while the database is away. Leave leaves, whatever it is that broke."""
    if request.method == "POST" and request.path == reverse("leave"):
        return _way_out()
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return _page_without_database(request, "500.html", HTTPStatus.SERVICE_UNAVAILABLE)
    return _page_without_database(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def _way_out() -> HttpResponse:
    response = SeeOther(settings.EXIT_URL)
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


def _page_without_database(request: HttpRequest, template: str, status: HTTPStatus, **more: Any) -> HttpResponse:
    """No context processors: who is asking stands in the database, and that may be what is broken."""
    context = {
        "exit_url": settings.EXIT_URL,
        "help_lines": saved_help_lines(),
        "theme": cookie_theme(request),
    }
    return HttpResponse(loader.render_to_string(template, context | more), status=status)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "away"
    return "ok"


def _broker() -> str:
    try:
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1) as broker:
            broker.ping()
    except redis.RedisError:
        return "away"
    return "ok"


def _clock() -> str:
    last = Heartbeat.objects.filter(name="tick").values_list("at", flat=True).first()
    if last is None:
        return "never heard"
    seconds = int((timezone.now() - last).total_seconds())
    return f"ok, {seconds} s ago" if seconds <= LATE_AFTER_SECONDS else f"late, {seconds} s ago"
