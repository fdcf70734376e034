"""Whoever leaves the screen lying open is signed out."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.factories import AdminFactory, FacilitatorFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


def visit_after(user, *, minutes, shared=False):
    """Look at one page, wait, look again. Whether the second look still showed somebody's own page."""
    browser = Client()
    browser.force_login(user)
    if shared:
        session = browser.session
        session.set_expiry(0)
        session.save()
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        assert browser.get("/notices/").status_code == 200
    with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
        return browser.get("/notices/").status_code == 200


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


def test_a_shared_device_forgets_after_half_an_hour():
    assert not visit_after(UserFactory(), minutes=31, shared=True)
    assert visit_after(UserFactory(), minutes=29, shared=True)


@pytest.mark.parametrize("staff", [AdminFactory, lambda: FacilitatorFactory().user])
def test_staff_are_forgotten_after_half_an_hour_anywhere(staff):
    assert not visit_after(staff(), minutes=31)
    assert visit_after(staff(), minutes=29)


def test_a_device_of_ones_own_remembers_for_half_a_day():
    assert visit_after(UserFactory(), minutes=11 * 60)
    assert not visit_after(UserFactory(), minutes=12 * 60 + 1)


def test_every_page_starts_the_clock_again():
    browser, start = Client(), timezone.now()
    browser.force_login(AdminFactory())

    answers = []
    for minutes in (0, 20, 40, 60):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            answers.append(browser.get("/notices/").status_code)

    assert answers == [200, 200, 200, 200]


def test_a_page_writes_that_it_was_looked_at_once_a_minute(django_assert_num_queries):
    browser = Client()
    browser.force_login(UserFactory())
    browser.get("/notices/")

    with django_assert_num_queries(8) as asked:
        browser.get("/notices/")

    assert [query["sql"] for query in asked if query["sql"].startswith("UPDATE")] == []
