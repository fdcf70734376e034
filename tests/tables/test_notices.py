"""Every topic in the list inside the app: its line costs no question, and outlives what it is about."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices import registry
from notices.models import Notice
from tests import factories as make
from tests.tables.mail_rows import CANARY, TOPICS

pytestmark = pytest.mark.django_db
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f-]{27}$")
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def told(organisation, settings):
    """One notice about this topic, in a world where every word is a canary."""

    settings.STAFF_MFA_REQUIRED = False

    def about(name):
        person = make.UserFactory(display_name=f"{CANARY} me")
        group = make.GroupFactory(name=f"{CANARY} group")
        if name.startswith("checkin."):
            make.MembershipFactory(group=group, user=person)
        return Notice.objects.create(user=person, topic=name, key="key", ids=TOPICS[name](person, group))

    return about


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_a_line_asks_nothing_unless_it_can_ask_for_many_at_once(told, name):
    notice, topic = told(name), registry.topic(name)
    notice.user.refresh_from_db()

    with CaptureQueriesContext(connection) as asked:
        line = topic.line(notice.ids, notice.user)

    assert line
    assert topic.lines is not None or len(asked) == 0


@pytest.mark.parametrize("name", sorted(set(TOPICS) - {"host.talk"}))
def test_a_line_that_is_read_over_a_shoulder_names_nobody(told, name):
    notice = told(name)

    assert CANARY not in registry.topic(name).line(notice.ids, notice.user)


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_what_is_gone_has_a_line_and_leads_somewhere(told, name, as_person):
    notice = told(name)
    gone = {key: NOBODY if isinstance(v, str) and UUID.match(v) else v for key, v in notice.ids.items()}
    gone |= {key: "no-such-place" for key in gone if key == "group"}
    gone |= {key: "1999-01-04" for key in gone if key == "week"}
    Notice.objects.update(ids=gone)
    browser = as_person(notice.user)

    assert browser.get("/notices/").status_code == 200
    assert browser.post(f"/notices/{notice.public_id}/").status_code == 302


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_what_was_kept_by_an_older_version_has_a_line_and_leads_somewhere(told, name, as_person):
    notice = told(name)
    Notice.objects.update(ids={}, created_at=timezone.now())
    browser = as_person(notice.user)

    assert browser.get("/notices/").status_code == 200
    assert browser.post(f"/notices/{notice.public_id}/").status_code == 302
