"""Who reads first: the group's page, and the admin's list of all groups."""

from datetime import date, time

import pytest

from checkins.models import Duty
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(group):
    return f"/groups/{group.slug}/run/duty/"


def typed(group, person, **changes):
    seat = str(group.memberships.get(user=person).public_id)
    hours = {"days": ["0", "1", "2", "3"], "opens": "10:00", "closes": "16:00", "takes_words": "on"}
    return {"reader": seat} | hours | changes


def text(answer):
    return " ".join(answer.content.decode().split())


def test_members_and_admins_have_no_such_page(path, group, wren, as_person):
    for person in (wren, group.created_by):
        assert as_person(person).get(path).status_code == 404
        assert as_person(person).post(f"{path}end/").status_code == 404


def test_a_group_that_has_ended_has_none(path, group, marisol, as_person, monday):
    type(group).objects.update(state="archived", archived_at=monday)

    assert as_person(marisol).get(path).status_code == 404


def test_without_a_reader_the_page_says_what_follows(path, marisol, as_person):
    page = as_person(marisol).get(path)

    assert "Nobody reads first yet, so nobody is asked for words." in text(page)
    assert page.context["form"]["opens"].value() == time(9)


def test_somebody_is_chosen_and_the_page_says_what_members_read(path, group, marisol, tunde, as_person):
    browser = as_person(marisol)

    answer = browser.post(path, typed(group, tunde), follow=True)

    assert "Tunde reads what you write: Monday to Thursday, 10:00 am to 4:00 pm." in text(answer)
    assert "London time" in text(answer)


def test_without_words_it_says_so(path, group, marisol, as_person):
    answer = as_person(marisol).post(path, typed(group, marisol, takes_words=""), follow=True)

    assert "Marisol sees first who would like a word: Monday to Thursday, 10:00 am to 4:00 pm." in text(answer)
    assert Duty.objects.get().takes_words is False


def test_while_the_reader_is_away_it_names_who_reads(path, group, marisol, tunde, duty, as_person):
    seats = group.memberships
    factories.AwayFactory(
        seat=seats.get(user=marisol), cover=seats.get(user=tunde), starts_on=date(2026, 11, 20), ends_on=None
    )

    assert "Tunde reads while the reader takes time off." in text(as_person(tunde).get(path))


def test_letting_nobody_read_first(path, duty, marisol, as_person):
    answer = as_person(marisol).post(f"{path}end/", follow=True)

    assert "Nobody reads first now, so nobody is asked for words." in text(answer)
    assert not Duty.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reader": ""}, "Choose who reads first"),
        ({"reader": "nobody"}, "Choose somebody from the list"),
        ({"days": []}, "Choose at least one day"),
        ({"days": ["9"]}, "Choose days from the list"),
        ({"opens": ""}, "Say from when"),
        ({"closes": ""}, "Say until when"),
        ({"closes": "late"}, "Write a time, like 10:00"),
        ({"closes": "10:00"}, "Choose a time after the first one, on the same day"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(path, group, marisol, as_person, changes, said):
    answer = as_person(marisol).post(path, typed(group, marisol) | changes)

    assert answer.status_code == 422
    assert said in text(answer)
    assert answer.context["form"]["opens"].value() == changes.get("opens", "10:00")
    assert not Duty.objects.exists()


def test_somebody_who_was_put_out_meanwhile_is_not_chosen(path, group, marisol, tunde, as_person):
    sent = typed(group, tunde)
    group.memberships.filter(user=tunde).update(role="member")

    answer = as_person(marisol).post(path, sent)

    assert (answer.status_code, "Choose somebody from the list" in text(answer)) == (422, True)


# -- where nobody reads -------------------------------------------------------------------------
def test_facilitators_and_members_do_not_see_the_list(marisol, wren, as_person):
    for person in (marisol, wren):
        assert as_person(person).get("/manage/reading/").status_code == 403


def test_groups_where_nobody_reads_stand_at_the_top(group, duty, as_person):
    empty = factories.FacilitatorFactory(group__name="Zinnia").group

    page = as_person(group.created_by).get("/manage/reading/")

    assert [row[0] for row in page.context["rows"]] == [empty, group]
    assert "Monday to Friday, 9:00 am to 5:00 pm" in text(page)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_for_one_and_for_thirty(group, duty, as_person, count, django_assert_num_queries):
    for _n in range(count - 1):
        factories.FacilitatorFactory()
    browser = as_person(group.created_by)

    with django_assert_num_queries(7):
        assert browser.get("/manage/reading/").status_code == 200


# -- where it is asked for ----------------------------------------------------------------------
def test_the_desk_asks_for_a_reader_until_there_is_one(group, marisol, as_person):
    browser, said = as_person(marisol), "Nobody reads first here, so members are not asked for words."
    assert said in text(browser.get(f"/groups/{group.slug}/run/"))

    factories.DutyFactory(group=group, reader=marisol)

    assert said not in text(browser.get(f"/groups/{group.slug}/run/"))


def test_the_overview_counts_groups_where_nobody_reads(group, marisol, as_person):
    browser = as_person(group.created_by)
    assert "Nobody reads first in 1 group" in text(browser.get("/manage/"))

    factories.DutyFactory(group=group, reader=marisol)

    assert "Nobody reads first" not in text(browser.get("/manage/"))
