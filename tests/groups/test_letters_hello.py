"""The letter of a member asks whether somebody may say hello when they miss a session."""

import re

import pytest

from groups.services import take_invitation
from people.models import Consent
from tests.factories import GroupFactory, InvitationFactory, UserFactory
from tests.groups.test_letters import page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("hello", "kept"), [(None, []), (False, []), (True, [("hello", "1", "invitation")])])
def test_a_letter_keeps_whether_somebody_may_say_hello(hello, kept):
    take_invitation(UserFactory(), invitation=InvitationFactory(group=GroupFactory()), alias="Wren", hello=hello)

    assert list(Consent.objects.values_list("purpose", "version", "channel")) == kept


@pytest.mark.parametrize(
    ("letter", "asks"),
    [({"role": "admin", "group": None}, False), ({"role": "facilitator"}, False), ({"role": "member"}, True)],
    ids=["admin", "facilitator", "member"],
)
def test_the_letter_of_a_member_asks_about_a_hello(as_person, letter, asks):
    user = UserFactory()
    invitation = InvitationFactory(**{"group": GroupFactory(), "email": user.email} | letter)

    page = as_person(user).get(page_of(invitation)).text

    assert bool(re.search(r'name="hello"[^>]* checked', page)) is asks


def test_a_yes_to_a_hello_on_a_letter_is_sent_with_it(as_person):
    user = UserFactory()
    invitation = InvitationFactory(group=GroupFactory(), email=user.email)

    as_person(user).post(page_of(invitation), {"alias": "Wren", "adult": "on", "hello": "on"})

    assert user.consents.standing("hello").exists()
    assert user.memberships.get().belongs
