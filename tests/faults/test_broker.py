"""Valkey is killed with all its data: nothing is lost, pages go on, and the backlog is gone within a minute."""

import time
from datetime import UTC, datetime

import pytest
from celery import current_app

from checkins.models import CheckIn
from notices.models import Delivery
from peerhub.embedded import ThrowawayServices
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, OrganisationFactory
from tests.faults.people import all_is_done, check_each_once, make_due, people_who_will_be_due
from tests.faults.staff import Staff, kill, until

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = 60


@pytest.fixture
def valkey():
    """A broker of our own, which may be killed."""
    services = ThrowawayServices()
    services.start({"DATABASE_URL": "the test's own"})
    (server,) = services.servers
    yield server
    services.stop()


@pytest.fixture
def staff(own_places, sink, valkey, tmp_path):
    env = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}", "REDIS_URL": valkey.url()}
    staff = Staff(own_places | env, tmp_path)
    staff.complains = True  # their broker goes away
    yield staff
    staff.stop()


@pytest.mark.parametrize("away", [3, pytest.param(150, marks=pytest.mark.nightly)])
def test_the_broker_is_lost_with_all_its_data(staff, sink, valkey, away):
    people = people_who_will_be_due(150)
    beat = staff.beat()
    for _ in range(2):
        staff.worker()
    make_due(people[:50])
    until(lambda: len(sink.mails) >= 50)

    kill(valkey.process)
    make_due(people[50:100])
    time.sleep(away)
    assert not all_is_done()
    valkey.restart()
    until(all_is_done, MINUTE)

    kill(beat)  # a canary: nothing but the clock's next tick brings back what the broker forgot
    time.sleep(2)  # what workers already hold they do
    make_due(people[100:])
    kill(valkey.process)
    valkey.restart()
    with pytest.raises(AssertionError, match="not done in time"):
        until(all_is_done, 3)
    staff.beat()
    until(all_is_done, MINUTE)
    check_each_once(people, sink, repeats=0)


def visits_of(as_person):
    """What people look at and send on an evening, as who they are."""
    OrganisationFactory()
    keeper, admin = FacilitatorFactory(), AdminFactory()
    member = MembershipFactory(group=keeper.group).user
    run = f"/groups/{keeper.group.slug}/run/"
    pages = {
        None: ["/", "/groups/", "/resources/", "/how-it-works/", "/accounts/login/", f"/groups/{keeper.group.slug}/"],
        member: ["/home/", "/check-in/", "/notices/", "/you/", "/you/messages/", f"/groups/{keeper.group.slug}/"],
        keeper.user: ["/today/", "/follow-up/", run, "/groups/mine/", "/notices/"],
        admin: ["/manage/", "/manage/mail/", "/manage/members/", "/manage/settings/"],
    }
    sent = [(member, "/check-in/", {"mood": "3"}), (None, "/accounts/login/code/", {"email": member.email})]
    keys = {who: as_person(who).session.session_key for who in pages if who} | {None: ""}
    asked = [(keys[who], path, None) for who, paths in pages.items() for path in paths]
    return asked + [(keys[who], path, posted) for who, path, posted in sent]


@pytest.mark.parametrize("requests", [100, pytest.param(1000, marks=pytest.mark.nightly)])
def test_pages_keep_working_meanwhile(crew, valkey, as_person, requests):
    visits = visits_of(as_person)
    kill(valkey.process)
    wanted = (visits * requests)[:requests]

    (_, counts) = crew.do(["broker", valkey.url()], ["pages", wanted], at=datetime.now(UTC))

    assert set(counts) <= {"200", "302", "303", "429"}
    assert sum(counts.values()) == requests
    assert counts["200"] > requests / 2
    assert (CheckIn.objects.filter(mood=3).count(), Delivery.objects.filter(state="waiting").exists()) == (1, True)
    assert "the broker is away" in crew.words()


def test_workers_never_give_the_broker_up():
    """Celery's own default is a hundred tries, which is less than an hour."""
    assert current_app.conf.broker_connection_max_retries is None
