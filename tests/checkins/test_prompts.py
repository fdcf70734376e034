"""Which words somebody is asked in."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from checkins.models import Prompt
from checkins.services import prompt_for
from checkins.services.prompts import prompts_for
from tests.factories import GroupFactory, MembershipFactory, PromptFactory

pytestmark = pytest.mark.django_db
WEEK = date(2026, 11, 23)
OURS = "How has this week been?"


@pytest.fixture
def wren():
    return MembershipFactory(user__locale="en-gb").user


def test_without_words_of_anybody_ours_are_asked(wren):
    PromptFactory(group=None, text="Retired", retired_at=timezone.now())
    PromptFactory(group=None, text="¿Qué tal?", language="es")
    PromptFactory(group=GroupFactory(), text="Of another group")

    assert prompt_for(wren, WEEK) == OURS


def test_of_a_group_that_somebody_left_or_that_has_ended_nothing_is_asked(wren):
    left = MembershipFactory(user=wren, state="left", ended_at=timezone.now())
    over = MembershipFactory(user=wren, group__state="archived", group__archived_at=timezone.now())
    PromptFactory(group=left.group, text="Of the group before")
    PromptFactory(group=over.group, text="Of a group that ended")

    assert prompt_for(wren, WEEK) == OURS


def test_the_organisations_words_take_turns_by_the_week(wren):
    for text in ("One", "Two", "Three"):
        PromptFactory(group=None, text=text)

    asked = [prompt_for(wren, WEEK + timedelta(weeks=n)) for n in range(6)]

    assert sorted(asked[:3]) == ["One", "Three", "Two"]
    assert asked[:3] == asked[3:]


def test_the_one_group_that_has_words_comes_first(wren):
    PromptFactory(group=None, text="Everybody's")
    PromptFactory(group=wren.memberships.get().group, text="Our own")

    assert prompt_for(wren, WEEK) == "Our own"


def test_of_two_groups_with_words_none_is_preferred(wren):
    PromptFactory(group=None, text="Everybody's")
    PromptFactory(group=wren.memberships.get().group, text="Our own")
    PromptFactory(group=MembershipFactory(user=wren).group, text="And ours")

    assert prompt_for(wren, WEEK) == "Everybody's"


def test_words_in_another_language_do_not_count(wren):
    second = MembershipFactory(user=wren).group
    PromptFactory(group=wren.memberships.exclude(group=second).get().group, text="Our own")
    PromptFactory(group=second, text="¿Y tú?", language="es")

    assert prompt_for(wren, WEEK) == "Our own"
    assert prompts_for([(wren.pk, "es-mx", WEEK)]) == ["¿Y tú?"]


def test_many_people_cost_as_many_questions_as_one(django_assert_num_queries):
    people = [MembershipFactory().user for _ in range(30)]
    for user in people[:20]:
        PromptFactory(group=user.memberships.get().group, text="Our own")
    assert Prompt.objects.count() == 20

    with django_assert_num_queries(2):
        words = prompts_for([(user.pk, user.locale, WEEK) for user in people])
    with django_assert_num_queries(2):
        prompt_for(people[0], WEEK)

    assert words == ["Our own"] * 20 + [OURS] * 10
