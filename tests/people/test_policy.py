"""One table of who may do what."""

import pytest

from people import policy
from tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_action_without_a_row_is_refused():
    assert not policy.can(AdminFactory(), "nobody.wrote.this")


def test_somebody_suspended_may_nothing_even_about_themself():
    user = UserFactory(state="suspended", is_active=False)

    assert not policy.can(user, "person.change", user)


def test_somebody_active_may_change_themself_and_nobody_else():
    user, other = UserFactory(), UserFactory()

    assert policy.can(user, "person.change", user)
    assert not policy.can(user, "person.change", other)


def test_ensure_raises_what_the_web_answers_with_403():
    with pytest.raises(policy.NotAllowed):
        policy.ensure(UserFactory(), "organisation.change")


def test_two_rules_for_one_action_are_a_mistake():
    with pytest.raises(ValueError, match="two rules"):
        policy.register({"person.change": lambda user, obj: True})
