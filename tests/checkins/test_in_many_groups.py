"""The answer page of somebody in many groups stays short, and says all the same who reads what when."""

import pytest
from django.test import Client

from checkins.letters import link_path
from checkins.models import FollowUp
from tests.factories import DutyFactory, FacilitatorFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]
HOURS = "Marisol reads first, Monday to Friday, 9:00 am to 5:00 pm."
NOBODY = "Nobody reads words there at the moment."
FOLD = "Who reads first, and when"


def join_others(wren, marisol, *aliases):
    """One more group each, run by Marisol under this name; nobody reads words in the first of them."""
    seats = [FacilitatorFactory(user=marisol, alias=alias) for alias in aliases]
    for seat in seats:
        MembershipFactory(user=wren, group=seat.group)
    for seat in seats[1:]:
        DutyFactory(group=seat.group, reader=marisol)
    return [seat.group for seat in seats]


def page_of(as_person, wren, answered):
    return as_person(wren).get(f"/check-in/{answered.public_id}/").text


def test_in_three_groups_each_choice_says_when(as_person, wren, marisol, answered):
    join_others(wren, marisol, "Marisol", "Marisol")
    page = page_of(as_person, wren, answered)

    assert (HOURS in page, FOLD in page) == (True, False)


def test_in_four_groups_who_reads_when_stands_once_below(as_person, wren, marisol, answered):
    join_others(wren, marisol, "Marisol", "Marisol", "Marisol")
    page = page_of(as_person, wren, answered)

    in_turn = [page.index(words) for words in ("Only me", NOBODY, FOLD, HOURS, "Who should get in touch?")]
    assert in_turn == sorted(in_turn)
    assert page.count(HOURS) == 1


def test_nobody_is_chosen_to_get_in_touch(as_person, wren, marisol, answered):
    join_others(wren, marisol, "Marisol")
    page = page_of(as_person, wren, answered)

    assert '<option value="" selected>Choose</option>' in page


def test_through_a_link_the_same_people_stand_once_and_each_choice_says_when(question, wren, tunde, marisol):
    _three, *others = join_others(wren, marisol, "Mari", "Mari", "Mari")
    browser, url = Client(), link_path(question)
    page = browser.post(url, {"mood": "1"}, follow=True).text

    names = page[page.index("Who should get in touch?") :]
    assert (names.count(">Mari</option>"), names.count(">Marisol and Tunde</option>")) == (1, 1)
    assert (HOURS in page, FOLD in page) == (True, False)
    refused = browser.post(url, {"support": "write", "readers": "me", "by": str(others[0].public_id)})
    assert (refused.status_code, FollowUp.objects.count()) == (422, 0)
