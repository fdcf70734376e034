"""Nobody is there to lead, and it begins in ten minutes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices.models import Delivery, Notice
from sessions.services import raise_alarms
from tests import factories

pytestmark = pytest.mark.django_db


def told(topic):
    return set(Notice.objects.filter(topic=topic).values_list("user", flat=True))


class TestAlarm:
    def opening(self, **fields):
        return factories.SessionFactory(**{"starts_in": timedelta(minutes=9)} | fields)

    def test_admins_hear_once_also_by_night(self):
        admin = factories.AdminFactory(quiet_from="00:00", quiet_to="23:59")
        self.opening(group__created_by=admin)

        assert (raise_alarms(), raise_alarms()) == (1, 0)
        assert Delivery.objects.get(notice__user=admin).send_at <= timezone.now()

    @pytest.mark.parametrize(
        "fields",
        [
            {"starts_in": timedelta(minutes=11)},
            {"starts_in": -timedelta(hours=2)},
            {"state": "cancelled", "cancelled_at": timezone.now()},
            {"opened_at": timezone.now()},
            {"group__state": "archived"},
        ],
        ids=["not yet", "over", "cancelled", "opened", "ended"],
    )
    def test_not_when_there_is_nothing_to_do(self, fields):
        factories.AdminFactory()
        if "opened_at" in fields:
            fields = fields | {"opened_by": factories.UserFactory()}
        self.opening(**fields)

        assert raise_alarms() == 0

    def test_nobody_else_hears_of_it(self):
        session = factories.SessionFactory()
        factories.FacilitatorFactory(group=session.group)
        factories.SafetyLeadFactory()
        self.opening(group=session.group)

        raise_alarms()

        assert told("session.alarm") == {session.group.created_by_id}
