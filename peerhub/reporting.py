"""Where the mail provider reports what became of mails: anymail's pages for this one provider, and no others."""

from typing import Any

from anymail.urls import urlpatterns
from django.core.exceptions import ImproperlyConfigured


def reports_from(provider: str) -> tuple[list[Any], str]:
    """Addresses under /anymail/. Each asks for the name and password of EMAIL_REPORTS."""
    known = [pattern for pattern in urlpatterns if pattern.name == f"{provider}_tracking_webhook"]
    if not known:
        raise ImproperlyConfigured(f"{provider} reports nothing about mails.")
    return known, "anymail"
