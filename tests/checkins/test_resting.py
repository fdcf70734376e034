"""After four silent questions one question whether to rest, and after the next silence a pause (R44)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from checkins.models import CheckIn, FollowUp, Rhythm
from checkins.services import answer_checkin, keep_asking, lapse_old, pause, resume, skip_checkin
from notices.models import Delivery, Notice
from notices.services import send_due
from people.models import AuditEntry
from tests.factories import (
    CheckInFactory,
    ConsentFactory,
    FacilitatorFactory,
    MembershipFactory,
    OrganisationFactory,
    RhythmFactory,
)

pytestmark = pytest.mark.django_db
FIRST = date(2026, 10, 5)  # a Monday


def moment(week, days=0):
    return datetime(2026, 10, 5, 10, tzinfo=UTC) + timedelta(weeks=week, days=days)


@pytest.fixture
def wren():
    user = MembershipFactory(user__display_name="Wren").user
    ConsentFactory(user=user)
    RhythmFactory(user=user, next_at=moment(60))
    return user


def asks(user, week):
    """The question of one week is asked."""
    at = moment(week)
    return CheckInFactory(user=user, week=FIRST + timedelta(weeks=week), asked_at=at, told_at=at)


def ends(week):
    """The week is over, and the clock looks: on Monday at 00:20."""
    with time_machine.travel(moment(week + 1) - timedelta(hours=9, minutes=40), tick=False):
        lapse_old()


def silent(user, *weeks):
    for week in weeks:
        asks(user, week)
        ends(week)


def state_of(user):
    rhythm = Rhythm.objects.get(user=user)
    return (rhythm.rest_asked_at is not None, rhythm.waits_for_return)


ASKED, RESTS, NOTHING = (True, False), (True, True), (False, False)


# -- when nothing is asked ---------------------------------------------------------------------
def test_three_silent_weeks_are_nothing(wren):
    silent(wren, 0, 1, 2)

    assert state_of(wren) == NOTHING


@pytest.mark.parametrize("what", ["answered", "skipped"])
def test_a_word_in_between_begins_the_count_anew(wren, what):
    silent(wren, 0, 1)
    row = asks(wren, 2)
    with time_machine.travel(moment(2, 1), tick=False):
        answer_checkin(wren, checkin=row, mood=3) if what == "answered" else skip_checkin(wren, checkin=row)
    ends(2)
    silent(wren, 3, 4, 5)
    assert state_of(wren) == NOTHING

    silent(wren, 6)
    assert state_of(wren) == ASKED


def test_who_is_paused_or_switched_off_is_not_asked(wren):
    silent(wren, 0, 1, 2)
    asks(wren, 3)
    with time_machine.travel(moment(3, 1), tick=False):
        pause(wren, until=None)
    ends(3)

    assert state_of(wren) == (False, True)
    assert not Rhythm.objects.get(user=wren).rests_by_itself


def test_silence_before_a_pause_is_forgotten(wren):
    silent(wren, 0, 1, 2)
    with time_machine.travel(moment(3), tick=False):
        pause(wren, until=None)
    with time_machine.travel(moment(9), tick=False):
        resume(wren)
    silent(wren, 10, 11, 12)
    assert state_of(wren) == NOTHING


# -- one question ------------------------------------------------------------------------------
def test_after_four_silent_weeks_it_is_asked_once(wren):
    silent(wren, 0, 1, 2, 3)
    ends(3)

    assert state_of(wren) == ASKED
    assert list(Notice.objects.values_list("user", "topic", "ids")) == [(wren.pk, "checkin.rest", {})]


def test_its_mail_waits_two_days_and_is_dropped_when_something_comes(wren):
    OrganisationFactory()
    silent(wren, 0, 1, 2, 3)
    row = asks(wren, 4)
    delivery = Delivery.objects.get()
    assert delivery.send_at == moment(4, 2) - timedelta(hours=2)  # Wednesday at eight, when quiet hours are over

    with time_machine.travel(moment(4, 1), tick=False):
        answer_checkin(wren, checkin=row, mood=4)
    assert state_of(wren) == NOTHING
    with time_machine.travel(moment(4, 2), tick=False):
        assert send_due() == 0
    assert Delivery.objects.get().state == "dropped"


def test_after_the_next_silence_the_questions_rest(wren):
    silent(wren, 0, 1, 2, 3)
    silent(wren, 4)

    rhythm = Rhythm.objects.get(user=wren)
    assert (state_of(wren), rhythm.rests_by_itself, rhythm.next_at, rhythm.on) == (RESTS, True, None, True)
    assert Notice.objects.count() == 1
    assert list(AuditEntry.objects.values_list("action", "actor", "about")) == [("rhythm.rest", None, wren.pk)]


@pytest.mark.parametrize("what", ["answered", "skipped"])
def test_one_word_ends_it(wren, what):
    silent(wren, 0, 1, 2, 3)
    row = asks(wren, 4)
    with time_machine.travel(moment(4, 1), tick=False):
        answer_checkin(wren, checkin=row, mood=4) if what == "answered" else skip_checkin(wren, checkin=row)
    silent(wren, 5)

    assert state_of(wren) == NOTHING


def test_the_answer_to_the_last_of_the_silent_weeks_counts_too(wren):
    silent(wren, 0, 1, 2, 3)
    late = CheckIn.objects.get(user=wren, week=FIRST + timedelta(weeks=3))
    with time_machine.travel(moment(3, 8), tick=False):
        answer_checkin(wren, checkin=late, mood=2)
    silent(wren, 4)

    assert state_of(wren) == NOTHING


def test_whoever_says_to_go_on_is_asked_again_only_after_four_more(wren):
    silent(wren, 0, 1, 2, 3)
    with time_machine.travel(moment(4, -1), tick=False):
        keep_asking(wren)
    silent(wren, 4, 5, 6)
    assert state_of(wren) == NOTHING

    silent(wren, 7)
    assert state_of(wren) == ASKED
    assert Notice.objects.filter(topic="checkin.rest").count() == 2


def test_starting_again_begins_the_count_anew(wren):
    silent(wren, 0, 1, 2, 3, 4)
    with time_machine.travel(moment(8), tick=False):
        rhythm = resume(wren)
    assert (state_of(wren), rhythm.next_at) == (NOTHING, moment(9))

    silent(wren, 9, 10, 11)
    assert state_of(wren) == NOTHING


def test_nobody_who_runs_the_group_learns_of_it(wren):
    seat = wren.memberships.get()
    FacilitatorFactory(group=seat.group)
    silent(wren, 0, 1, 2, 3, 4)

    assert set(Notice.objects.values_list("user", flat=True)) == {wren.pk}
    assert not FollowUp.objects.exists()


def test_many_who_are_silent_cost_as_many_questions_as_one(wren, django_assert_num_queries):
    people = [wren]
    for count in (1, 30):
        while len(people) < count:
            user = MembershipFactory().user
            RhythmFactory(user=user, next_at=moment(60))
            people.append(user)
        CheckIn.objects.all().delete()
        Rhythm.objects.update(rest_asked_at=None)
        Notice.objects.all().delete()
        for user in people:
            for week in range(4):
                asks(user, week)
        with time_machine.travel(moment(9), tick=False), django_assert_num_queries(14):
            assert lapse_old() == 4 * count


# -- the page ----------------------------------------------------------------------------------
def test_a_look_at_the_page_changes_nothing(wren, as_person):
    Rhythm.objects.update(rest_asked_at=moment(4))

    page = as_person(wren).get("/you/rest/")

    assert page.status_code == 200
    assert b"Keep asking" in page.content
    assert state_of(wren) == ASKED


def test_neither_button_is_no_choice(wren, as_person):
    assert as_person(wren).post("/you/rest/", {"choice": "whatever"}).status_code == 422
    assert as_person(wren).post("/you/rest/").status_code == 422
    assert state_of(wren) == NOTHING


@pytest.mark.parametrize(("choice", "after"), [("keep", NOTHING), ("pause", (False, True))])
def test_one_tap_decides(wren, as_person, choice, after):
    Rhythm.objects.update(rest_asked_at=moment(4))

    page = as_person(wren).post("/you/rest/", {"choice": choice})

    assert (page.status_code, page["Location"]) == (302, "/you/messages/")
    assert state_of(wren) == after


def test_keeping_on_ends_a_pause_that_came_by_itself(wren, as_person):
    silent(wren, 0, 1, 2, 3, 4)
    as_person(wren).post("/you/rest/", {"choice": "keep"})

    assert state_of(wren) == NOTHING
    assert Rhythm.objects.get(user=wren).next_at is not None


def test_the_page_of_messages_says_why_it_is_quiet(wren, as_person):
    silent(wren, 0, 1, 2, 3, 4)

    assert b"We paused because you were quiet. Start again any time." in as_person(wren).get("/you/messages/").content


def test_who_was_never_asked_finds_a_page_all_the_same(as_person):
    stranger = MembershipFactory().user

    page = as_person(stranger).get("/you/rest/")

    assert page.status_code == 200
    assert b"Keep asking" not in page.content
    assert as_person(stranger).post("/you/rest/", {"choice": "keep"}).status_code == 422
    assert not Rhythm.objects.filter(user=stranger).exists()
