"""Where the mail provider reports what became of mails: anymail's pages for this one provider, and no others."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from anymail.urls import urlpatterns
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from peerhub.views import bad_request

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


def reports_from(provider: str) -> tuple[list[Any], str]:
    """Addresses under /anymail/. Each asks for the name and password of EMAIL_REPORTS."""
    known = [pattern for pattern in urlpatterns if pattern.name == f"{provider}_tracking_webhook"]
    if not known:
        raise ImproperlyConfigured(f"{provider} reports nothing about mails.")
    return [URLPattern(each.pattern, _or_bad_request(each.callback), name=each.name) for each in known], "anymail"


def _or_bad_request(view: View) -> View:
    """What is no report is no fault of ours. When it is ours, such as a database that is away, it is sent again."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ODD as problem:
            log.warning("the mail provider reported something that is no report (%s)", type(problem).__name__)
            return bad_request(request)

    return answer
