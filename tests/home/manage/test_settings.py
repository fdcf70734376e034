"""Setting up; settings."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from people.models import AuditEntry, Organisation
from tests.factories import (
    AdminFactory,
    GroupFactory,
    UserFactory,
)
from tests.home.manage.world import SETTINGS, get, post

pytestmark = pytest.mark.django_db


def test_nothing_is_done_at_first(client, as_person):
    response = get(as_person(AdminFactory()), "setup")

    assert [task.done for task in response.context["tasks"]] == [False] * 5
    assertContains(response, "0 of 5 done")
    assertContains(response, "https://www.wikipedia.org")


def test_each_step_is_seen_to_be_done(browser, admin):
    assertRedirects(post(browser, "setup"), reverse("home:setup"))
    post(browser, "settings", **SETTINGS)
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=admin)
    post(browser, "invite", emails="guest@example.org", role="member")
    GroupFactory()

    assert [task.done for task in get(browser, "setup").context["tasks"]] == [True] * 5


@pytest.mark.parametrize("name", ["unread", "questions"])
def test_it_leads_to_who_reads_first_and_to_the_question(browser, name):
    page = reverse(f"checkins:{name}")

    assertContains(get(browser, "setup"), f'href="{page}"')
    assert browser.get(page).status_code == 200


def test_settings_are_kept_and_recorded_without_words(browser, admin):
    GroupFactory()
    assertRedirects(post(browser, "settings", **SETTINGS), reverse("home:settings"))

    kept = Organisation.objects.values(*SETTINGS).get()
    assert {name: _sent(value) for name, value in kept.items()} == SETTINGS
    assert list(AuditEntry.objects.values_list("action", "actor_id", "reason")) == [
        ("organisation.change", admin.pk, ", ".join(sorted([*SETTINGS, "needs_two_hosts", "hello_by_itself"])))
    ]


def _sent(value):
    return [str(day) for day in value] if isinstance(value, list) else str(value)


def test_the_words_at_which_help_is_offered_stand_once_and_can_all_go(browser):
    typed = "No way out\r\n\r\n  no  way   home\u202e \r\nNo way out"
    post(browser, "settings", **SETTINGS | {"help_phrases": typed})
    assert Organisation.current().help_phrases == "No way out\nno way home"

    post(browser, "settings", **SETTINGS | {"help_phrases": ""})
    assert Organisation.current().help_phrases == ""


def test_quiet_hours_are_for_who_comes_new_and_nobody_else_is_moved(browser, admin):
    page = get(browser, "settings")
    assertContains(page, "People who have an account keep the hours they have")

    post(browser, "settings", **SETTINGS)

    admin.refresh_from_db()
    assert (admin.quiet_from, admin.quiet_to) == (time(20), time(8))
    new = UserFactory()
    assert (new.quiet_from, new.quiet_to) == (time(21), time(7, 30))


def test_the_page_says_that_nobody_watches(browser):
    assertContains(get(browser, "settings"), "Nobody watches what people write")


def test_the_hours_stand_wherever_somebody_is_promised(browser, client):
    GroupFactory()
    post(browser, "settings", **SETTINGS)
    words = "Monday and Wednesday, 10:00 am to 4:30 pm, Lisbon time. Closed on bank holidays."

    for path in ("/help/", "/about/", "/resources/"):
        assertContains(client.get(path), words)
    post(browser, "settings", **SETTINGS | {"open_days": [str(day) for day in range(7)], "hours": ""})
    assertContains(client.get("/help/"), "Every day, 10:00 am to 4:30 pm, Lisbon time")


def test_while_setting_up_the_settings_lead_back_to_the_list(browser):
    assertRedirects(post(browser, "settings", **SETTINGS), reverse("home:setup"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Say what your organisation is called"),
        ("time_zone", "Mars/Base", "Choose a time zone from the list"),
        ("answer_days", "0", "Enter a number of days, from 1 to 30"),
        ("note_months", "25", "Enter a number of months, from 1 to 24"),
        ("note_months", "soon", "Enter a number of months, from 1 to 24"),
        ("cover_hours", "49", "Enter a number of hours, from 1 to 48"),
        ("cover_hours", "", "Say how many hours before the start"),
        ("open_days", [], "Choose at least one day"),
        ("open_days", "7", "Choose days from the list"),
        ("opens", "early", "Write a time, like 09:00"),
        ("closes", "10:00", "Choose a time after the one before it"),
        ("quiet_from", "", "Say when quiet hours begin"),
        ("quiet_from", "late", "Write a time, like 20:00"),
        ("quiet_to", "", "Say when quiet hours end"),
        ("quiet_to", "21:00", "Choose another time than the one before it"),
        ("quiet_to", "12:30", "This makes the middle of the day quiet"),
        ("quiet_from", "09:00", "Check which time comes first"),
        ("unseen_hours", "25", "Enter a number of hours, from 1 to 24"),
        ("news_an_hour", "0", "Enter a number of people, 1 or more"),
        ("help_phrases", "x" * 2001, "Make the list shorter"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(browser, field, value, words):
    response = post(browser, "settings", **SETTINGS | {field: value, "hours": "At noon"})

    assertContains(response, words, count=2, status_code=422)
    assertContains(response, "At noon", status_code=422)
    assert Organisation.current().hours == ""
