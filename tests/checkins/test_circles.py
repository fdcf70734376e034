"""Whom an answer can be shared with, and who of them reads first."""

from datetime import date, time

import pytest

from checkins.services import circles_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def duty(group, marisol):
    return factories.DutyFactory(group=group, reader=marisol, days=[0, 1, 2, 3], opens=time(10), closes=time(16))


def away(group, person, cover=None, starts_on=date(2026, 11, 20)):
    seats = group.memberships
    return factories.AwayFactory(
        seat=seats.get(user=person), cover=cover and seats.get(user=cover), starts_on=starts_on, ends_on=None
    )


def only(user):
    (circle,) = circles_of(user)
    return circle


def test_without_a_duty_no_words_are_taken(wren):
    assert (only(wren).takes_words, only(wren).reader_name, only(wren).hours_words) == (False, "", "")


def test_where_somebody_reads_words_are_taken(wren, duty):
    circle = only(wren)

    assert (circle.takes_words, circle.reader_name) == (True, "Marisol")
    assert circle.hours_words == "Monday to Thursday, 10:00 am to 4:00 pm"
    assert circle.all_names == "Marisol and Tunde"


def test_words_can_be_switched_off(wren, duty):
    duty.takes_words = False
    duty.save()

    assert (only(wren).takes_words, only(wren).reader_name) == (False, "Marisol")


@pytest.mark.parametrize("gone", [{"state": "left"}, {"role": "member"}])
def test_a_reader_who_does_not_run_it_any_more_reads_nothing(wren, duty, gone, monday):
    ended = {"ended_at": monday} if gone.get("state") else {}
    duty.group.memberships.filter(user=duty.reader).update(**gone, **ended)

    assert only(wren).takes_words is False


def test_a_reader_who_may_not_sign_in_reads_nothing(wren, duty):
    duty.reader.move_to("suspended")
    duty.reader.save()

    assert only(wren).takes_words is False


def test_while_the_reader_is_away_the_stand_in_reads(wren, duty, group, marisol, tunde):
    factories.FacilitatorFactory(group=group, alias="Ada")
    away(group, marisol, cover=tunde)

    assert only(wren).reader_name == "Tunde"


def test_where_nobody_was_named_somebody_who_is_there_reads(wren, duty, group, marisol):
    factories.FacilitatorFactory(group=group, alias="Ada")
    away(group, marisol)

    assert only(wren).reader_name == "Ada"


def test_where_everybody_is_away_no_words_are_taken(wren, duty, group, marisol, tunde):
    away(group, marisol)
    away(group, tunde)

    assert (only(wren).takes_words, only(wren).hours_words) == (False, "")


def test_somebody_who_will_be_away_is_still_there(wren, duty, group, marisol):
    away(group, marisol, starts_on=date(2026, 11, 24))

    assert only(wren).reader_name == "Marisol"


def test_nobody_reads_themself(marisol, duty, tunde):
    assert only(marisol).reader_name == "Tunde"


@pytest.mark.parametrize("groups", [1, 12])
def test_three_questions_for_any_number_of_groups(wren, duty, marisol, groups, django_assert_num_queries):
    for _n in range(groups - 1):
        other = factories.FacilitatorFactory(user=marisol).group
        factories.MembershipFactory(group=other, user=wren)
        factories.DutyFactory(group=other, reader=marisol)

    with django_assert_num_queries(3):
        assert [circle.takes_words for circle in circles_of(wren)] == [True] * groups
