"""Error reports that name the place and never the words (safety.md T12)."""

import logging
import re
from typing import Any

from django.core.mail import mail_admins
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.views.debug import ExceptionReporter

# Addresses that open something to whoever knows them. A test asks the table of addresses whether all stand here.
OPENS = re.compile(r"(/(?:c|calendar|come|invitations|m)/)[^/\s?]+")


def veiled(text: str) -> str:
    """The same line without the secret part of an address: logs are read by people who may open none of them."""
    return OPENS.sub(r"\1…", text)


class BareReporter(ExceptionReporter):
    """Says which exception at which line, and nothing of the request or of local variables."""

    def get_traceback_data(self) -> dict[str, Any]:
        frames = [
            {"filename": f["filename"], "function": f["function"], "lineno": f["lineno"]}
            for f in self.get_traceback_frames()
        ]
        return {"exception_type": getattr(self.exc_type, "__name__", "?"), "frames": frames}

    def get_traceback_text(self) -> SafeString:
        data = self.get_traceback_data()
        lines = [f"{f['filename']}:{f['lineno']} in {f['function']}" for f in data["frames"]]
        return mark_safe("\n".join([data["exception_type"], *lines]))  # noqa: S308  # plain text: type and places

    def get_traceback_html(self) -> SafeString:
        return SafeString("")


class BareFormatter(logging.Formatter):
    """Writes an exception as type and places: its text may hold a person's words (a failing row, say).

    Django names the address at which something broke; what opens it is left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        return veiled(super().format(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  # logging's own name
        return BareReporter(None, *ei).get_traceback_text()


class BareMailHandler(logging.Handler):
    """Mails ADMINS the exception's type and place: no body, no cookies, no address of a person."""

    def emit(self, record: logging.LogRecord) -> None:
        request: HttpRequest | None = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        where = match.view_name if match else "?"
        place = BareReporter(request, *record.exc_info).get_traceback_text() if record.exc_info else ""
        mail_admins(f"Something broke at {where}", place or record.levelname, fail_silently=True)


def start_sentry(dsn: str) -> None:
    """Sentry with everything off that could carry people's words."""
    import sentry_sdk  # an extra: only imported where it is asked for

    sentry_sdk.init(
        dsn=dsn,
        include_local_variables=False,
        max_request_body_size="never",
        send_default_pii=False,
        before_send=scrub,
        before_breadcrumb=lambda *_: None,
    )


def scrub(event: Any, hint: Any = None) -> Any:
    """Keep type and place of an exception; drop its message, the request and the person."""
    for name in ("request", "user", "breadcrumbs", "extra", "contexts", "logentry"):
        event.pop(name, None)
    for value in event.get("exception", {}).get("values", []):
        value.pop("value", None)
        for frame in (value.get("stacktrace") or {}).get("frames", []):
            frame.pop("vars", None)
    return event
