"""The walk: every address, every role, every method, against the one table in policy_table.py.

Status codes alone do not prove that nothing leaks, so each page is also searched for words that its
reader may not see; and a GET that writes anything but a declared line in the record fails.
"""

import re
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from people.models import AuditEntry
from tests.walk import world as w
from tests.walk.policy_table import TABLE

pytestmark = pytest.mark.django_db

SAFE = ("GET", "HEAD")
NEVER = ("PUT", "PATCH", "DELETE", "TRACE")
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
MAY_WRITE = {"django_session", "peerhub_cache", "usersessions_usersession"}  # the web's own bookkeeping


def addresses(patterns=None, prefix=""):
    """Every named pattern of the URLconf, as namespace:name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern.url_patterns, prefix + space)


def test_every_address_has_a_row_and_every_row_an_address():
    walked = set(addresses())

    assert {name for name in walked if name.endswith("None")} == set()
    assert walked - TABLE.keys() == set()
    assert TABLE.keys() - walked == set()


@contextmanager
def undone():
    """What happens inside leaves no trace. Marked as the test's own, so that durable blocks may open in it."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def browser(world, role):
    client = Client(raise_request_exception=True)
    if role == w.SUSPENDED:
        person = world.people[role]
        type(person).objects.filter(pk=person.pk).update(state="active", is_active=True)
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        type(person).objects.filter(pk=person.pk).update(state="suspended", is_active=False)
    elif role != w.ANON:
        client.force_login(world.people[role], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def ask(client, method, path):
    connection.queries_log.clear()  # it keeps 9,000, and all the pages of an app ask more
    with (
        undone(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        before = AuditEntry.objects.count()
        response = client.generic(method, path)
        response.recorded = AuditEntry.objects.count() - before
    response.written = {found[1] for q in queries if (found := WRITES.match(q["sql"]))} - MAY_WRITE
    return response


@pytest.mark.parametrize("part", sorted({name.partition(":")[0].partition("_")[0] for name in TABLE}))
def test_each_role_gets_what_the_table_says(part, settings):
    settings.STAFF_MFA_REQUIRED = False  # the second step has tests of its own
    world = w.build()
    browsers = {role: browser(world, role) for role in w.ROLES}
    rows = [row for name, row in TABLE.items() if re.match(rf"{part}([:_]|$)", name)]

    deviations = [what for row in rows for what in walk(row, row.path(world), browsers)]
    assert deviations == [], "\n".join(["", *deviations])


def walk(row, path, browsers):
    for role, client in browsers.items():
        for method in methods_of(role):
            response = ask(client, method, path)
            yield from (f"{role} {method} {path}: {what}" for what in check(row, role, method, response))


def methods_of(role):
    """Everybody looks and sends. What nobody may do is tried by those who may do most, and by a stranger."""
    seldom = ("HEAD", *NEVER) if role in {w.ANON, w.ADMIN, w.FACILITATOR, w.MEMBER} else ()
    return ("GET", "POST", *seldom)


def check(row, role, method, response):
    yield from _status(row, role, method, response)
    yield from _headers(row, role, response)
    yield from _leaks(row, role, response)
    yield from _writes(row, role, method, response)


def _status(row, role, method, response):
    wanted = row.expected(role, method)
    if response.status_code not in wanted:
        yield f"answered {response.status_code}, not {sorted(wanted)}"
    if (
        response.status_code == 302
        and wanted <= {302, 405}
        and row.asks_to_sign_in(role, method)
        and "/accounts/login/" not in response.get("Location", "")
    ):
        yield f"led to {response.get('Location')}"


def _headers(row, role, response):
    policy = response.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe-inline" in policy or settings.EXIT_ORIGIN not in policy:
        yield f"policy {policy!r}"
    for header, value in {
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }.items():
        if response.get(header) != value:
            yield f"{header} is {response.get(header)!r}"
    if response.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        yield f"Referrer-Policy is {response.get('Referrer-Policy')!r}"
    if role in w.SIGNED_IN and not row.public_file and "no-store" not in response.get("Cache-Control", ""):
        yield "may be stored"


def _leaks(row, role, response):
    seen = response.content.decode(errors="replace") + response.get("Location", "") * (not row.leads_out)
    for canary, readers in w.CANARIES.items():
        if canary in seen and role not in readers:
            yield f"shows {canary}"
    if row.leads_out and "canary-door" in response.content.decode():
        yield "writes the door's address into the page"


def _writes(row, role, method, response):
    if method not in SAFE:
        return
    lines = row.records.get(role, 0) if method == "GET" else 0
    allowed = {"people_auditentry", *row.marks} if lines else set()
    if response.written - allowed:
        yield f"a {method} wrote to {sorted(response.written)}"
    if response.recorded != lines:
        yield f"left {response.recorded} lines in the record, not {lines}"
