"""Setting up; settings."""

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from people.models import AuditEntry, Organisation
from tests.factories import (
    AdminFactory,
    GroupFactory,
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


def test_settings_are_kept_and_recorded_without_words(browser, admin):
    GroupFactory()
    assertRedirects(post(browser, "settings", **SETTINGS), reverse("home:settings"))

    kept = Organisation.objects.values(*SETTINGS).get()
    assert {name: str(value) for name, value in kept.items()} == SETTINGS
    assert list(AuditEntry.objects.values_list("action", "actor_id", "reason")) == [
        ("organisation.change", admin.pk, ", ".join(sorted([*SETTINGS, "needs_two_hosts"])))
    ]


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
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(browser, field, value, words):
    response = post(browser, "settings", **SETTINGS | {field: value, "hours": "At noon"})

    assertContains(response, words, count=2, status_code=422)
    assertContains(response, "At noon", status_code=422)
    assert Organisation.current().hours == ""
