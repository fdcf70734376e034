"""A program that asks for the head of a page sees nothing, so it opens nothing and marks nothing as read."""

import pytest

from checkins.models import Escalation, FollowUp
from checkins.services import write_reply
from checkins.services.escalations import plan_escalations
from notices.models import Notice
from people.models import AuditEntry
from tests.factories import FollowUpFactory, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group, cause="support")


def looks():
    return AuditEntry.objects.filter(action__in=["followup.see", "reply.read", "checkin.read"]).count()


def test_on_ones_own_thread_it_leaves_what_is_new_unread(followup, wren, marisol, as_person):
    write_reply(marisol, followup=followup, words="Hello")
    news, path = Notice.objects.filter(user=wren, topic="reply.to_member"), f"/you/replies/{followup.public_id}/"
    as_person(wren).head(path)
    assert news.unread().count() == 1

    as_person(wren).get(path)
    assert news.unread().count() == 0


@pytest.mark.parametrize("page", ["", "hand-over/"])
def test_on_a_followup_it_has_not_seen_it(page, followup, wren, marisol, as_person):
    reply(followup, wren, "Are you there?")
    plan_escalations(followup)
    path = f"/follow-up/{followup.public_id}/"
    as_person(marisol).head(f"{path}{page}")
    assert (FollowUp.objects.get().seen_at, looks()) == (None, 0)
    assert Escalation.objects.ahead().exists()

    as_person(marisol).get(path)
    assert FollowUp.objects.get().seen_at
    assert not Escalation.objects.ahead().exists()


def test_on_the_list_it_leaves_undo_where_it_is(followup, marisol, as_person):
    browser = as_person(marisol)
    browser.post(f"/follow-up/{followup.public_id}/done/", {"outcome": "wrote"})
    browser.head("/follow-up/")

    assert FollowUp.objects.get().state == "done"
    assert f"/follow-up/{followup.public_id}/reopen/" in browser.get("/follow-up/").content.decode()


def test_on_what_was_shared_it_leaves_no_line_in_the_record(answered, group, marisol, as_person):
    answered.share, answered.group = "facilitators", group
    answered.save()
    path = f"/check-in/{answered.public_id}/"
    as_person(marisol).head(path)
    assert looks() == 0

    as_person(marisol).get(path)
    assert looks() == 1
