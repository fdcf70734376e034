"""Without a reader the guarded tables are empty."""

import pytest
from django.db import connection, transaction

from checkins.models import Answer
from people.reader import as_reader
from tests.factories import (
    AdminFactory,
    CheckInFactory,
    FacilitatorFactory,
    MembershipFactory,
    SafetyLeadFactory,
    answer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared():
    """An answer that its person shared with the people who run the group."""
    membership = MembershipFactory()
    checkin = CheckInFactory(user=membership.user, group=membership.group, share="facilitators", mood=1)
    type(checkin).objects.filter(pk=checkin.pk).update(state="answered", answered_at=checkin.asked_at)
    answer(checkin, "mornings are the worst")
    return membership


def seen_by(user):
    with as_reader(user):
        return Answer.objects.count()


def test_nobody_sees_nothing(shared):
    assert Answer.objects.count() == 0


def test_the_person_and_who_runs_the_group_see_it(shared):
    assert seen_by(shared.user) == 1
    assert seen_by(FacilitatorFactory(group=shared.group).user) == 1


@pytest.mark.parametrize("who", [MembershipFactory, FacilitatorFactory])
def test_people_of_another_group_see_nothing(shared, who):
    assert seen_by(who().user) == 0


def test_members_of_the_same_group_admins_and_safety_leads_see_nothing(shared):
    assert seen_by(MembershipFactory(group=shared.group).user) == 0
    assert seen_by(AdminFactory()) == 0
    assert seen_by(SafetyLeadFactory()) == 0


def test_a_facilitator_who_left_sees_nothing_at_the_next_question(shared):
    seat = FacilitatorFactory(group=shared.group)
    assert seen_by(seat.user) == 1

    seat.move_to("left")
    seat.save()

    assert seen_by(seat.user) == 0


def test_what_is_kept_to_oneself_is_seen_by_nobody_else(shared):
    type(shared.user.checkins.get()).objects.update(share="me")

    assert seen_by(FacilitatorFactory(group=shared.group).user) == 0
    assert seen_by(shared.user) == 1


def test_a_reader_may_not_write_as_somebody_else(shared):
    facilitator = FacilitatorFactory(group=shared.group).user
    with as_reader(facilitator):
        assert Answer.objects.update(words=b"x") == 0
        assert Answer.objects.all()._raw_delete(connection.alias) == 0


@pytest.mark.django_db(transaction=True)
def test_the_reader_is_forgotten_with_the_transaction(shared):
    with as_reader(shared.user):
        pass

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.user_id', true)")
        assert cursor.fetchone()[0] in (None, "")


@pytest.mark.django_db(transaction=True)
def test_a_reader_inside_another_transaction_is_refused(shared):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), as_reader(shared.user):
        pass
