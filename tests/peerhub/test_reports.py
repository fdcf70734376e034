"""Error reports name the place and never the words."""

import logging
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import RequestFactory
from django.urls import get_resolver

from peerhub.reports import BareFormatter, BareMailHandler, BareReporter, scrub, veiled

SECRET = "mornings are the worst"


@pytest.fixture
def broken():
    """An error whose text, local variables and request all hold somebody's words."""
    words = SECRET
    try:
        raise ValueError(words)
    except ValueError:
        return sys.exc_info()


@pytest.fixture
def request_with_words():
    return RequestFactory().post("/check-in/", {"words": SECRET})


def record_of(broken, request):
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Internal Server Error", None, broken)
    record.request = request
    return record


def test_a_report_is_type_and_places(broken, request_with_words):
    text = BareReporter(request_with_words, *broken).get_traceback_text()

    assert text.splitlines()[0] == "ValueError"
    assert text.splitlines()[-1].endswith("in broken")
    assert SECRET not in text


def test_a_log_line_holds_no_words(broken, request_with_words):
    line = BareFormatter("%(levelname)s %(name)s %(message)s").format(record_of(broken, request_with_words))

    assert "ValueError" in line
    assert SECRET not in line


def test_a_mail_to_admins_holds_no_words(broken, request_with_words, settings):
    settings.ADMINS = [("ops", "ops@example.org")]

    BareMailHandler().handle(record_of(broken, request_with_words))

    assert "ValueError" in mail.outbox[0].body
    assert SECRET not in mail.outbox[0].message().as_string()


def test_what_leaves_for_sentry_holds_no_words(broken):
    event = {
        "request": {"data": SECRET},
        "user": {"email": "wren@example.org"},
        "breadcrumbs": [SECRET],
        "extra": {"x": SECRET},
        "exception": {
            "values": [{"type": "ValueError", "value": SECRET, "stacktrace": {"frames": [{"vars": {"w": SECRET}}]}}]
        },
    }

    assert scrub(event) == {"exception": {"values": [{"type": "ValueError", "stacktrace": {"frames": [{}]}}]}}


SECRETS = ["c", "calendar", "come", "invitations", "m"]


@pytest.mark.parametrize("word", SECRETS)
def test_no_log_line_tells_how_to_open_what_stands_at_an_address(word):
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Broke: /%s/canary-1.ics", (word,), None)

    line = BareFormatter("%(message)s").format(record)

    assert line == f"Broke: /{word}/…"


def test_every_address_that_opens_something_is_veiled():
    patterns = [pattern for included in get_resolver().url_patterns for pattern in _whole(included)]
    opening = [pattern for pattern in patterns if "token" in pattern.pattern.converters]

    left = [str(pattern.pattern) for pattern in opening if "canary" in veiled(_filled(pattern))]

    assert len(opening) == len(SECRETS) + 1  # pausing stands below answering
    assert left == []


def test_other_addresses_are_not_veiled():
    line = "GET /sessions/7a1f/calendar.ics 200 3 ms"

    assert veiled(line) == line


def _whole(included):
    """The patterns of ours that stand at the root: their route is the whole address."""
    return getattr(included, "url_patterns", [included]) if str(included.pattern) == "" else []


def _filled(pattern):
    return "/" + str(pattern.pattern).replace("<str:token>", "canary-1")


def test_the_access_log_is_veiled_where_it_is_on():
    config = pytest.importorskip("gunicorn.config").Config()
    from peerhub import gunicorn

    environ = {"REQUEST_METHOD": "GET", "RAW_URI": "-", "SERVER_PROTOCOL": "-", "PATH_INFO": "/calendar/canary.ics"}
    answer = SimpleNamespace(status="200 OK", headers=[], sent=1)
    atoms = gunicorn.logger_class(config).atoms(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=3))

    assert gunicorn.access_log_format % atoms == "GET /calendar/… 200 3 ms"
