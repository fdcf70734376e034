"""What is in the way of a series, and what can be done about each date."""

from datetime import UTC, date, datetime, time
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from people.models import Organisation
from sessions.preview import Rule
from sessions.services import Hosts, create_series, ways_out
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULE = Rule(date(2027, 1, 5), time(19), 75, ZoneInfo("Europe/London"), 1, date(2027, 1, 26))


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead():
    return factories.FacilitatorFactory(alias="Marisol")


@pytest.fixture
def co(lead):
    return factories.FacilitatorFactory(group=lead.group, alias="Tunde")


def on(day, *, hour=18, **more):
    """A session of another group at half past an hour, and who or which room is booked for it."""
    start = datetime(2027, 1, day, hour, 30, tzinfo=UTC)
    session = factories.SessionFactory(starts_at=start, **more.pop("session", {}))
    if more:
        factories.booking(session, **more)
    return session


def found(lead, hosts, *, rule=RULE, actor=None, **more):
    clashes = ways_out(actor or lead.user, group=lead.group, rule=rule, hosts=hosts, **more)
    kinds = [sorted(one.kind for one in clash.clashes) for clash in clashes]
    return [(clash.day.day, kind, [way.key for way in clash.ways]) for clash, kind in zip(clashes, kinds, strict=True)]


def test_nothing_in_the_way(lead, co):
    on(12, hour=20, host=lead.user)  # begins after the end
    on(13, host=lead.user)
    on(12, host=factories.UserFactory())
    on(12, host=lead.user, session={"state": "cancelled", "cancelled_at": NOW})

    assert found(lead, Hosts(lead.user, co.user, factories.RoomFactory())) == []


def test_a_host_who_leads_elsewhere_can_be_stood_in_for(lead, co):
    other = on(12, host=lead.user)
    (clash,) = ways_out(lead.user, group=lead.group, rule=RULE, hosts=Hosts(lead.user))

    assert (clash.day, clash.is_soft) == (date(2027, 1, 12), False)
    assert [(one.kind, one.who, one.session) for one in clash.clashes] == [("host", lead.user, other)]
    assert [(way.key, way.hosts) for way in clash.ways] == [
        ("skip", None),
        (f"lead-{co.public_id}", Hosts(co.user)),
        ("keep", Hosts()),
    ]


def test_who_helps_leads_instead_and_nobody_helps_then(lead, co):
    on(12, host=lead.user)
    (clash,) = ways_out(lead.user, group=lead.group, rule=RULE, hosts=Hosts(lead.user, co.user))

    assert [way.hosts for way in clash.ways] == [None, Hosts(co.user), Hosts(None, co.user)]


def test_who_is_not_free_either_is_no_way_out(lead, co):
    on(12, host=lead.user)
    on(12, host=co.user)
    third = factories.FacilitatorFactory(group=lead.group, alias="Ana")

    assert found(lead, Hosts(lead.user)) == [(12, ["host"], ["skip", f"lead-{third.public_id}", "keep"])]


def test_a_second_one_who_is_taken(lead, co):
    on(19, host=co.user)
    third = factories.FacilitatorFactory(group=lead.group, alias="Ana")

    assert found(lead, Hosts(lead.user, co.user)) == [(19, ["host"], ["skip", f"co-{third.public_id}", "keep"])]


def test_a_room_that_is_taken(lead, co):
    room = factories.RoomFactory()
    on(26, room=room)
    (clash,) = ways_out(lead.user, group=lead.group, rule=RULE, hosts=Hosts(lead.user, co.user, room))

    assert [one.kind for one in clash.clashes] == ["room"]
    assert [(way.key, way.hosts) for way in clash.ways] == [("skip", None), ("keep", Hosts(lead.user, co.user))]


def test_host_and_room_on_one_date_are_one_question(lead):
    room = factories.RoomFactory()
    on(12, room=room)
    on(12, host=lead.user)
    on(19, room=room)

    assert found(lead, Hosts(lead.user, None, room)) == [
        (12, ["host", "room"], ["skip", "keep"]),
        (19, ["room"], ["skip", "keep"]),
    ]


def test_another_group_of_theirs_for_which_nobody_is_booked_may_be_meant(lead, co):
    elsewhere = factories.FacilitatorFactory(user=lead.user).group
    on(12, session={"group": elsewhere})
    on(19, session={"group": elsewhere}, host=factories.UserFactory())  # somebody leads that one
    (clash,) = ways_out(lead.user, group=lead.group, rule=RULE, hosts=Hosts(lead.user, co.user))

    assert clash.is_soft
    assert [(one.kind, one.who) for one in clash.clashes] == [("busy", lead.user)]
    assert clash.ways[-1].hosts == Hosts(lead.user, co.user)
    assert [way.key for way in clash.ways] == ["skip", f"lead-{co.public_id}", "keep"]


def test_before_anybody_is_chosen_it_is_about_who_plans(lead, co):
    elsewhere = factories.FacilitatorFactory(user=lead.user).group
    on(12, session={"group": elsewhere})

    assert found(lead, Hosts()) == [(12, ["busy"], ["skip", "keep"])]
    assert found(lead, Hosts(), actor=co.user) == []


def test_where_two_are_needed_no_way_leaves_fewer(lead, co):
    Organisation.objects.update_or_create(pk=1, defaults={"needs_two_hosts": True})
    on(12, host=lead.user)
    assert found(lead, Hosts(lead.user, co.user)) == [(12, ["host"], ["skip"])]

    third = factories.FacilitatorFactory(group=lead.group, alias="Ana")
    assert found(lead, Hosts(lead.user, co.user)) == [(12, ["host"], ["skip", f"lead-{third.public_id}"])]


def test_after_the_dates_that_get_rows_nobody_is_booked_instead(lead, co):
    """The night would not know of it: it books those of the series."""
    far = Rule(date(2027, 1, 5), time(19), 75, RULE.zone, 1, date(2027, 6, 29))
    session = factories.SessionFactory(starts_at=datetime(2027, 6, 1, 18, tzinfo=UTC))
    factories.booking(session, host=lead.user)

    assert found(lead, Hosts(lead.user), rule=far) == [(1, ["host"], ["skip", "keep"])]


def test_what_the_same_form_made_does_not_count(lead):
    made_as = uuid4()
    plan = {"starts_on": RULE.starts_on, "starts_at": RULE.starts_at, "minutes": 75, "count": 2, "lead": lead.user}
    create_series(lead.user, group=lead.group, **plan, made_as=made_as)

    assert [day for day, _kinds, _ways in found(lead, Hosts(lead.user))] == [5, 12]
    assert found(lead, Hosts(lead.user), made_as=made_as) == []


def test_who_said_that_they_are_away_can_be_stood_in_for_or_come_all_the_same(lead, co):
    off = {"starts_on": date(2027, 1, 10), "ends_on": date(2027, 1, 12)}
    factories.AwayFactory(seat=lead, **off)
    factories.AwayFactory(seat=lead, starts_on=date(2027, 1, 26), ended_at=NOW)  # back early
    (clash,) = ways_out(lead.user, group=lead.group, rule=RULE, hosts=Hosts(lead.user))

    assert (clash.day, clash.is_soft, clash.away) == (date(2027, 1, 12), True, (lead.user,))
    assert [(way.key, way.hosts) for way in clash.ways] == [
        ("skip", None),
        (f"lead-{co.public_id}", Hosts(co.user)),
        ("keep", Hosts(lead.user)),
    ]


def test_who_is_away_too_is_no_way_out(lead, co):
    for seat in (lead, co):
        factories.AwayFactory(seat=seat, starts_on=date(2027, 1, 26))

    assert found(lead, Hosts(lead.user)) == [(26, [], ["skip", "keep"])]
