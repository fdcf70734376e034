"""The list and the policy say the same: a thing stands in a person's list exactly when they may open it."""

import pytest
from django.db.models import Q

from checkins.models import CheckIn, FollowUp, Rhythm
from groups.models import Group, Membership
from notes.models import Note
from notes.services import write_note
from notices.models import Notice
from people.policy import can
from sessions.models import GroupSession
from tests import factories as make
from tests.walk import world as w

pytestmark = pytest.mark.django_db


def _sessions_led_by(user):
    """Of the groups they run, and those where somebody from outside steps in."""
    led = Q(group__in=Group.objects.run_by(user)) | Q(bookings__host=user)
    return GroupSession.objects.filter(led).distinct()


def _sessions_to_answer(user):
    """Not those that somebody from outside leads: they come without a seat."""
    return GroupSession.objects.visible_to(user).filter(group__in=Group.objects.come_to_by(user))


PAIRS = {
    "checkin.answer": CheckIn.objects.of,
    "checkin.read": CheckIn.objects.visible_to,
    "followup.keep": FollowUp.objects.visible_to,
    "group.change": Group.objects.changed_by,
    "group.link": Group.objects.bringing_people_in,
    "group.run": Group.objects.run_by,
    "membership.decide": Membership.objects.decided_by,
    "note.add": Note.objects.visible_to,
    "note.read": Note.objects.visible_to,
    "notice.read": Notice.objects.visible_to,
    "attendance.keep": _sessions_led_by,
    "rhythm.change": Rhythm.objects.visible_to,
    "seat.answer": _sessions_to_answer,
}


@pytest.fixture
def world():
    """The walk's world, and what is easy to get wrong: kept to oneself, about oneself, from somebody who left."""
    world = w.build()
    group, people = world.group, world.people
    colleague = group.memberships.get(alias="Tunde").user
    write_note(colleague, group=group, words="for me alone", readers="author")
    write_note(colleague, group=group, words="with both", session=world.session)
    for about in (w.FACILITATOR, w.OTHER_FACILITATOR, w.SAFETY, w.ADMIN):
        make.FollowUpFactory(about=people[about], group=group)
        make.MembershipFactory(group=make.GroupFactory(), user=people[about], state="requested", joined_at=None)
    Note.objects.create(
        group=group, author=colleague, member=people[w.FACILITATOR], retain_until=world.note.retain_until
    )
    Note.objects.create(group=group, author=people[w.ENDED], retain_until=world.note.retain_until)
    for role, share in [(w.PAST, "me"), (w.ADMIN, "me"), (w.FACILITATOR, "facilitators"), (w.ENDED, "facilitators")]:
        make.CheckInFactory(
            user=people[role], group=group, share=share, state="answered", answered_at=world.checkin.answered_at, mood=2
        )
    make.NoticeFactory(user=people[w.FACILITATOR])
    make.RhythmFactory(user=people[w.FACILITATOR])
    return world


@pytest.mark.parametrize("action", PAIRS)
def test_list_and_policy_agree_for_every_role_and_every_thing(world, action):
    listed = PAIRS[action]
    things = listed(world.people[w.ADMIN]).model.objects.all()
    disagree = [
        (role, thing)
        for role, user in world.people.items()
        for thing in things
        if can(user, action, thing) != listed(user).filter(pk=thing.pk).exists()
    ]

    assert len(things) > 1
    assert disagree == []


@pytest.mark.parametrize("action", PAIRS)
def test_each_pair_tells_somebody_apart(world, action):
    """A pair that said no, or yes, to everybody would agree and prove nothing."""
    things = PAIRS[action](world.people[w.ADMIN]).model.objects.all()

    assert {can(user, action, thing) for user in world.people.values() for thing in things} == {True, False}
