"""The walk must be able to fail: with one filter after another taken away, it has to notice."""

import pytest

from checkins.querysets import CheckInQuerySet, FollowUpQuerySet
from groups.querysets import GroupQuerySet, MembershipQuerySet
from notes.querysets import ConcernQuerySet, NoteQuerySet
from notices.querysets import NoticeQuerySet
from sessions.querysets import GuestQuerySet, SessionQuerySet
from tests.walk import world as w
from tests.walk.policy_table import TABLE
from tests.walk.test_walk import browser, walk

pytestmark = pytest.mark.django_db


def everything(rows, user):
    """A forgotten filter."""
    return rows.all()


@pytest.mark.parametrize(
    ("queryset", "filter_", "name"),
    [
        (NoteQuerySet, "visible_to", "notes:detail"),
        (ConcernQuerySet, "visible_to", "notes:concern"),
        (CheckInQuerySet, "visible_to", "checkins:answered"),
        (FollowUpQuerySet, "visible_to", "checkins:follow-up"),
        (FollowUpQuerySet, "overseen_by", "checkins:waiting-ask"),
        (MembershipQuerySet, "decided_by", "groups:request"),
        (SessionQuerySet, "visible_to", "sessions:seat"),
        (GuestQuerySet, "visible_to", "sessions:guest"),
        (NoticeQuerySet, "visible_to", "notices:open"),
        (GroupQuerySet, "pairs_of", "groups:pair-answer"),
    ],
)
def test_a_forgotten_filter_is_noticed(monkeypatch, settings, queryset, filter_, name):
    settings.STAFF_MFA_REQUIRED = False
    world = w.build()
    browsers = {role: browser(world, role) for role in (w.OTHER_MEMBER, w.OTHER_FACILITATOR, w.ADMIN)}
    path = TABLE[name].path(world)
    assert list(walk(TABLE[name], path, browsers)) == []

    monkeypatch.setattr(queryset, filter_, everything)

    assert list(walk(TABLE[name], path, browsers)) != []
