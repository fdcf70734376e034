"""Both who lead press at once, over real connections: the page turns once, and the first to look is noted once."""

from datetime import timedelta
from functools import partial

import pytest

from people.models import AuditEntry
from sessions.models import GroupSession
from sessions.services import keep_checks, opened, read_sheet, turn_page
from tests import factories
from tests.groups.at_once import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def evening():
    session = factories.SessionFactory(starts_in=timedelta(minutes=5))
    return session, [factories.FacilitatorFactory(group=session.group).user for _ in range(2)]


@ROUNDS
def test_two_presses_on_one_page_turn_it_once(evening, rounds):
    session, hosts = evening
    turn_page(hosts[0], session=session, do="forward", count=0)
    turn_page(hosts[0], session=session, do="forward", count=1)
    for count in range(2, 2 + rounds):
        moves = zip(hosts, ("next", "put"), strict=True)
        done = at_once(*(partial(turn_page, host, session=session, do=do, count=count) for host, do in moves))

        assert sorted(moved for _sheet, moved in done) == [False, True]
        assert read_sheet(session).count == count + 1


def test_the_first_host_is_one_of_them_and_both_ticks_stand(evening):
    session, hosts = evening
    fresh = [GroupSession.objects.get(pk=session.pk) for _ in hosts]

    assert sorted(at_once(*(partial(opened, one, host) for one, host in zip(fresh, hosts, strict=True)))) == [
        False,
        True,
    ]
    at_once(
        *(
            partial(keep_checks, host, session=session, ticked=[i], shown=[])
            for host, i in zip(hosts, ["link", "quiet"], strict=True)
        )
    )

    assert set(session.ticks.values_list("item", flat=True)) == {"link", "quiet"}
    assert AuditEntry.objects.filter(action="session.open").count() == 1
