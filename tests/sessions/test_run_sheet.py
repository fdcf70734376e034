"""The run sheet turns its pages once, for both who lead, and keeps nothing of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.services import NotTheTime, cancel_session, plan_of, read_sheet, turn_page
from tests import factories

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)


@pytest.fixture
def evening():
    """A session of three, with two who lead."""
    session = factories.SessionFactory(starts_in=SOON)
    tunde = factories.FacilitatorFactory(group=session.group, alias="Tunde").user
    marisol = factories.FacilitatorFactory(group=session.group, alias="Marisol").user
    factories.booking(session, host=marisol)
    factories.booking(session, host=tunde, duty="co")
    for alias in ("Jun", "Ines", "Leila"):
        seat = factories.MembershipFactory(group=session.group, alias=alias)
        factories.SeatFactory(session=session, user=seat.user)
    return session, marisol


def people(session, *names):
    return tuple(session.group.memberships.get(alias=name).user_id for name in names)


def press(actor, session, *moves, who=None):
    for do in moves:
        sheet, _moved = turn_page(actor, session=session, do=do, count=read_sheet(session).count, who=who)
    return sheet


@pytest.mark.parametrize(
    "make",
    [
        lambda group: factories.MembershipFactory(group=group).user,
        lambda group: factories.FacilitatorFactory().user,
        lambda group: factories.AdminFactory(),
        lambda group: factories.SafetyLeadFactory(),
        lambda group: factories.FacilitatorFactory(group=group, state="left", ended_at="2026-01-01T00:00Z").user,
    ],
    ids=["member", "facilitator elsewhere", "admin", "safety lead", "ran it once"],
)
def test_nobody_else_turns_a_page(evening, make):
    session, _ = evening

    with pytest.raises(NotAllowed):
        press(make(session.group), session, "forward")

    assert read_sheet(session).step == "welcome"


@pytest.mark.parametrize(
    ("starts_in", "turns"),
    [
        (timedelta(minutes=61), False),
        (timedelta(minutes=59), True),
        (timedelta(minutes=-75 - 179), True),
        (timedelta(minutes=-75 - 181), False),
    ],
)
def test_pages_turn_from_an_hour_before_until_a_while_after(starts_in, turns):
    session = factories.SessionFactory(starts_in=starts_in)
    host = factories.FacilitatorFactory(group=session.group).user

    if turns:
        assert press(host, session, "forward").step == "agreement"
    else:
        with pytest.raises(NotTheTime):
            press(host, session, "forward")


def test_nothing_turns_when_the_session_is_cancelled(evening):
    session, marisol = evening
    cancel_session(marisol, session=session)

    with pytest.raises(NotTheTime):
        press(marisol, session, "forward")


def test_who_steps_in_from_outside_has_it_for_the_evening():
    session = factories.SessionFactory(starts_in=SOON)
    outside = factories.UserFactory()
    factories.booking(session, host=outside)
    assert press(outside, session, "forward").step == "agreement"

    later = factories.SessionFactory(starts_in=timedelta(minutes=-75 - 181))
    factories.booking(later, host=outside)

    with pytest.raises(NotAllowed):
        press(outside, later, "forward")


def test_the_round_goes_by_name_and_those_who_lead_come_last(evening):
    session, marisol = evening

    sheet = press(marisol, session, "forward", "agreed")

    assert sheet.order == people(session, "Ines", "Jun", "Leila", "Marisol", "Tunde")
    assert sheet.speaker is None
    assert sheet.agreed_at is not None


def test_speaking_and_passing_and_not_being_there(evening):
    session, marisol = evening
    ines, jun, leila = people(session, "Ines", "Jun", "Leila")
    press(marisol, session, "forward", "forward")

    assert press(marisol, session, "next").speaker == ines
    assert press(marisol, session, "next").speaker == jun
    assert press(marisol, session, "pass").speaker == leila
    sheet = press(marisol, session, "away")

    assert dict(sheet.heard) == {ines: "spoke", jun: "passed"}
    assert sheet.speaker == people(session, "Marisol")[0]
    assert leila not in sheet.order
    sheet = press(marisol, session, "next", "next", "next")
    assert (sheet.speaker, sheet.following, len(sheet.heard)) == (None, None, 4)


def test_somebody_who_comes_late_is_next_and_so_is_a_guest(evening):
    session, marisol = evening
    late = factories.MembershipFactory(group=session.group, alias="Pat").user_id
    press(marisol, session, "forward", "forward", "next")

    assert press(marisol, session, "put", who=late).following == late
    assert press(marisol, session, "put").following == -1
    assert press(marisol, session, "put").following == -2
    stranger = factories.MembershipFactory().user_id
    assert stranger not in press(marisol, session, "put", who=stranger).order


def test_two_presses_on_one_page_turn_it_once(evening):
    session, marisol = evening
    tunde = session.group.memberships.get(alias="Tunde").user
    press(marisol, session, "forward", "forward", "next")
    count = read_sheet(session).count

    first = turn_page(marisol, session=session, do="next", count=count)
    second = turn_page(tunde, session=session, do="pass", count=count)

    assert (first[1], second[1]) == (True, False)
    assert second[0] == first[0] == read_sheet(session)
    assert list(second[0].heard.values()) == ["spoke"]


def test_the_order_is_forgotten_with_the_round(evening):
    session, marisol = evening
    press(marisol, session, "forward", "forward", "next", "next", "pass")

    sheet = press(marisol, session, "forward")

    assert (sheet.step, dict(sheet.heard), sheet.speaker) == ("talk", {}, None)
    assert sheet.order == tuple(sorted(sheet.order))
    assert press(marisol, session, "forward", "forward").order == ()


def test_what_is_kept_are_keys_and_it_ends_with_the_evening(evening, monkeypatch):
    session, marisol = evening
    kept = {}
    monkeypatch.setattr(cache, "set", lambda key, value, timeout: kept.update(key=key, value=value, timeout=timeout))

    press(marisol, session, "forward")
    turn_page(marisol, session=session, do="forward", count=0)

    assert kept["key"] == f"run-sheet:{session.public_id}"
    assert 0 < kept["timeout"] <= (SOON + timedelta(minutes=75, hours=3)).total_seconds()
    assert not any(name in repr(kept) for name in ("Ines", "Jun", "Leila", "Marisol", "Tunde"))
    assert not AuditEntry.objects.exists()


def test_a_break_and_the_way_back(evening):
    session, marisol = evening
    press(marisol, session, "forward", "forward", "forward")

    assert press(marisol, session, "break").break_until is not None
    assert press(marisol, session, "resume").break_until is None
    assert press(marisol, session, "back").step == "round"
    assert press(marisol, session, "back", "back", "back").step == "welcome"
    assert press(marisol, session, *["forward"] * 9).step == "next"


@pytest.mark.parametrize(
    ("minutes", "begins"),
    [
        (75, [0, 5, 10, 30, 60, 70]),
        (60, [0, 5, 10, 25, 50, 55]),
        (120, [0, 10, 15, 50, 95, 110]),
        (5, [0, 0, 1, 2, 4, 5]),
    ],
)
def test_the_plan_fits_the_length(minutes, begins):
    session = factories.SessionFactory(minutes=minutes)

    parts = plan_of(session)

    assert [int((part.begins - session.starts_at).total_seconds() // 60) for part in parts] == begins
    assert parts[-1].ends == session.ends_at
