"""The suite runs as the application's own role; tables are made and emptied by their owner."""

import logging

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases
from django.utils import timezone

from peerhub.roles import as_owner
from people.sealed import check_master_keys
from tests import factories

KEEP = {"django_migrations", "django_content_type", "auth_permission", "people_masterkeycheck"}


def pytest_collection_modifyitems(config, items):
    """What runs for long is left to `-m nightly`, and counted as deselected at the end of every other run.

    What waits for a browser or a worker comes first: begun last, it would go on alone for minutes.
    """
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("browser", "worker", "faults")))
    long = [] if "nightly" in config.option.markexpr else [item for item in items if item.get_closest_marker("nightly")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Make the database as its owner, then go on as the application's role.

    It is not dropped: its server is thrown away with all it holds (peerhub/pytest_services.py), also where a browser
    that was closed a moment ago still has a connection.
    """
    with django_db_blocker.unblock():
        with as_owner():
            setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
        check_master_keys()


def _empty_as_owner(self):
    """What a transactional test leaves is truncated by the owner: the application's role may not."""
    with as_owner(), connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - KEEP)
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = _empty_as_owner


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_remembered(request):
    """The cache stands in the database: a test that may not touch it has nothing to forget."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()


@pytest.fixture(autouse=True)
def _no_logged_error(caplog, request):
    """A warning or an error in the log fails the test, unless the test says that it expects one."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    bad = [f"{r.name}: {r.getMessage()}" for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert bad == []


@pytest.fixture
def organisation(db):
    return factories.OrganisationFactory()


@pytest.fixture
def as_person():
    """A browser in which this person is signed in, and known to be."""

    def sign_in(user):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session["seen"] = int(timezone.now().timestamp())
        session.save()
        key = session.session_key
        UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="a test")
        return client

    return sign_in
