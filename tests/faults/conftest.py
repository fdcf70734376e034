import os
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.crew import Crew
from tests.faults.sink import Sink


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/faults" in item.nodeid:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def own_places(django_db_setup):
    """The test database of this run, and a numbered Valkey database of our own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    number = 9 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 7
    return {
        "DATABASE_URL": urlunsplit(parts._replace(path="/" + quote(connection.settings_dict["NAME"]))),
        "REDIS_URL": urlunsplit(urlsplit(settings.CELERY_BROKER_URL)._replace(path=f"/{number}")),
    }


@pytest.fixture(scope="session")
def _sink():
    sink = Sink()
    yield sink
    sink.stop()


@pytest.fixture
def sink(_sink):
    _sink.forget()
    _sink.start()
    yield _sink
    _sink.forget()


@pytest.fixture(scope="session")
def _crew(own_places, _sink, tmp_path_factory):
    more = {"EMAIL_URL": f"smtp://127.0.0.1:{_sink.port}", "STAFF_MFA_REQUIRED": "0"}
    crew = Crew(own_places | more, tmp_path_factory.mktemp("crew"))
    yield crew
    crew.stop()


@pytest.fixture
def crew(_crew, sink, request):
    _crew.begin()
    yield _crew
    if not request.node.get_closest_marker("logs_errors"):
        assert "Traceback" not in _crew.words(), _crew.words()[-3000:]
