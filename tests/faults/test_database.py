"""The database goes away and comes back: pages say so with the help lines and recover by themselves; nothing is lost.

PostgreSQL itself is not killed here, for it is everybody's in this run: its line is cut. Its own kill -9, with what
it had promised to keep, is tried in tests/peerhub/test_embedded.py.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.factories import MembershipFactory, OrganisationFactory
from tests.faults.crew import WELL, Crew
from tests.faults.people import all_is_done, check_each_once, finish, make_due, people_who_will_be_due
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(own_places):
    parts = urlsplit(own_places["DATABASE_URL"])
    proxy = Proxy(parts.hostname, parts.port)
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def far_crew(own_places, line, sink, tmp_path):
    """Workers, and a web process, who reach the database over that line."""
    parts = urlsplit(own_places["DATABASE_URL"])
    far = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{line.port}"))
    more = {"DATABASE_URL": far, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "STAFF_MFA_REQUIRED": "0"}
    crew = Crew(own_places | more, tmp_path)
    yield crew
    crew.stop()


def lines_of(path):
    return path.read_text().splitlines() if path.exists() else []


def wait_for(path, since, status):
    """The moment at which a page was answered so, of those after the first `since`."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for line in lines_of(path)[since:]:
            if line.split()[0] == status:
                return float(line.split()[1])
        time.sleep(0.05)
    raise AssertionError(f"no page was answered with {status}: {lines_of(path)[-5:]}")


@pytest.mark.logs_errors
def test_pages_say_so_and_recover_in_the_same_process(far_crew, line, as_person, tmp_path):
    OrganisationFactory()
    key, seen = as_person(MembershipFactory().user).session.session_key, Path(tmp_path) / "seen"
    web = far_crew.start(["look", key, "/home/", str(seen), 12], at=datetime.now(UTC))
    wait_for(seen, 0, "200")

    line.stop()
    cut, before = time.time(), len(lines_of(seen))
    assert wait_for(seen, before, "503") - cut < 5
    line.start()
    back, before = time.time(), len(lines_of(seen))
    assert wait_for(seen, before, "200") - back < 10

    assert far_crew.end(web) == WELL
    assert {text.split()[0] for text in lines_of(seen)} == {"200", "503"}


@pytest.mark.logs_errors
def test_workers_whose_line_is_cut_lose_nothing(far_crew, line, sink):
    people = people_who_will_be_due(60)
    cuts = 0
    for first in range(0, 60, 10):
        make_due(people[first : first + 10])
        pid = far_crew.start("ask", "send")
        time.sleep(0.02 * (first // 10 + 1))
        line.stop()
        cuts += far_crew.end(pid) != WELL
        line.start()
    assert cuts > 0
    finish(far_crew)
    assert all_is_done()
    check_each_once(people, sink, repeats=cuts)
