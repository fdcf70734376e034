"""Telling many people costs as many questions as telling one."""

import json
from dataclasses import replace
from datetime import time

import pytest
import time_machine

from notices import registry
from notices.models import Delivery, MailTrouble, Notice, Preference
from notices.services import tell
from people.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00:00+00:00"


@pytest.fixture(autouse=True)
def topic(organisation, subject, monkeypatch):
    """A topic of an area that people may switch off, which answers for many at once."""

    def as_set(**changes):
        changed = replace(registry.topic("test"), **changes)
        monkeypatch.setitem(registry._topics, "test", changed)

    as_set(area="sessions", may_all=lambda users, ids: {user.pk for user in users} - subject)
    return as_set


def told():
    return list(Notice.objects.order_by("user").values_list("user", flat=True))


def mailed():
    return list(Delivery.objects.order_by("notice__user").values_list("notice__user", flat=True))


def crowd(number):
    return User.objects.bulk_create(User(email=f"crowd{n}@example.org") for n in range(number))


@pytest.mark.parametrize("people", [1, 500])
def test_five_hundred_people_cost_as_many_questions_as_one(django_assert_num_queries, people):
    users = crowd(people)

    with django_assert_num_queries(3):
        told = tell(users, "test", "key", session="1")

    assert [notice.user for notice in told] == users
    assert (Notice.objects.count(), Delivery.objects.count()) == (people, people)


def test_what_comes_back_is_what_stands_there():
    one = tell([UserFactory()], "test", "key", session="1", all=[["a", 1]])[0]

    stands = Notice.objects.get()
    assert (one, one.public_id, one.topic, one.key, one.created_at) == (
        stands, stands.public_id, stands.topic, stands.key, stands.created_at,
    )  # fmt: skip
    assert json.loads(json.dumps(one.ids)) == stands.ids == {"session": "1", "all": [["a", 1]]}


def test_whoever_the_topic_leaves_out_is_not_told(subject):
    kept, out = UserFactory(), UserFactory()
    subject.add(out.pk)

    tell([kept, out, UserFactory(state="suspended", is_active=False)], "test", "key")

    assert told() == mailed() == [kept.pk]


def test_nobody_at_all_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tell([], "test", "key") == []


def test_one_who_was_told_before_is_left_out_and_the_others_are_not():
    before, new = UserFactory(), UserFactory()
    tell([before], "test", "key")

    assert [notice.user for notice in tell([new, before, new], "test", "key")] == [new]
    assert told() == mailed() == [before.pk, new.pk]


def test_without_mail_it_stands_in_the_app_alone():
    user = UserFactory()

    tell([user], "test", "key", mail=False)

    assert (told(), mailed()) == ([user.pk], [])


def test_safe_contact_keeps_it_in_the_app():
    nothing, bounced, moved, fine = UserFactory(no_mail=True), UserFactory(), UserFactory(), UserFactory()
    MailTrouble.objects.create(user=bounced, address=bounced.email, kind="bounced")
    MailTrouble.objects.create(user=moved, address="before@example.org", kind="bounced")

    tell([nothing, bounced, moved, fine], "test", "key")

    assert told() == [nothing.pk, bounced.pk, moved.pk, fine.pk]
    assert mailed() == [moved.pk, fine.pk]


def test_what_is_switched_off_stands_in_the_app_alone():
    off, on, other = UserFactory(), UserFactory(), UserFactory()
    Preference.objects.create(user=off, area="sessions", wanted=False)
    Preference.objects.create(user=on, area="sessions", wanted=True)
    Preference.objects.create(user=other, area="news", wanted=False)

    tell([off, on, other], "test", "key")

    assert (told(), mailed()) == ([off.pk, on.pk, other.pk], [on.pk, other.pk])


def test_what_is_essential_cannot_be_switched_off_but_nothing_means_nothing(topic):
    topic(essential=True)
    off, nothing = UserFactory(), UserFactory(no_mail=True)
    Preference.objects.create(user=off, area="sessions", wanted=False)

    tell([off, nothing], "test", "key")

    assert (told(), mailed()) == ([off.pk, nothing.pk], [off.pk])


@time_machine.travel(NOON, tick=False)
def test_each_ones_mail_leaves_by_their_own_clock():
    here = UserFactory(time_zone="Europe/London")
    late = UserFactory(time_zone="Europe/London", quiet_from=time(11), quiet_to=time(13))
    far = UserFactory(time_zone="Asia/Tokyo", quiet_from=time(20), quiet_to=time(8))

    tell([here, late, far], "test", "key")

    assert [f"{at:%d %H:%M}" for at in Delivery.objects.order_by("notice__user").values_list("send_at", flat=True)] == [
        "23 12:00", "23 13:00", "23 23:00",
    ]  # fmt: skip
