"""Two people end a group at the same moment, or end it while somebody is let in."""

import pytest

from groups import services
from groups.models import Group, Membership
from notices.models import Notice
from people.models import AuditEntry
from tests.factories import AgreementFactory, FacilitatorFactory, MembershipFactory, RequestFactory
from tests.groups.test_races import at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(organisation):
    first = FacilitatorFactory()
    AgreementFactory(group=first.group)
    return first, FacilitatorFactory(group=first.group)


def test_two_facilitators_ending_at_once_are_one_ending(two):
    member = MembershipFactory(group=two[0].group)
    copies = [Group.objects.get(pk=two[0].group_id) for _ in two]

    results = at_once(
        *(
            lambda s=seat, g=group: services.archive_group(s.user, group=g)
            for seat, group in zip(two, copies, strict=True)
        )
    )

    assert kinds(results) == ["Group", "Group"]
    assert AuditEntry.objects.filter(action="group.end").count() == 1
    assert Notice.objects.filter(user=member.user).count() == 1


def test_canary_without_the_lock_on_the_group_it_ends_twice(two, monkeypatch):
    from threading import Barrier

    from groups.services import ending

    read = Barrier(2)

    def both_have_read(pk):
        group = Group.objects.get(pk=pk)
        read.wait(timeout=30)
        return group

    monkeypatch.setattr(ending, "hold_group", both_have_read)

    at_once(*(lambda s=seat: services.archive_group(s.user, group=s.group) for seat in two))

    assert AuditEntry.objects.filter(action="group.end").count() == 2


def test_letting_somebody_in_while_the_group_ends_leaves_nobody_at_the_door(two):
    asked = RequestFactory(group=two[0].group)
    copy = Membership.objects.get(pk=asked.pk)

    results = at_once(
        lambda: services.archive_group(two[0].user, group=two[0].group),
        lambda: services.accept_request(two[1].user, membership=copy),
    )

    asked.refresh_from_db()
    assert kinds(results) in (["AlreadyDecided", "Group"], ["Group", "Membership"])
    assert asked.state in {"declined", "active"}
