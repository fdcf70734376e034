"""Mentors, mentees and pairs to test with, made without asking anybody."""

import json
from datetime import timedelta

from django.utils import timezone

from groups.models import EndingReview, PairAgreement, PairProfile
from people.sealed import seal
from tests.factories import FacilitatorFactory, GroupFactory, MembershipFactory


def mentor(group, shows="", is_open=True, at_most=3, **fields):
    """Somebody who may be half of a programme's pairs, with what they show of themself."""
    place = MembershipFactory(group=group, role="mentor", **fields)
    _profile(place, shows, is_open=is_open, at_most=at_most)
    return place


def mentee(group, shows="", **fields):
    place = MembershipFactory(group=group, **fields)
    _profile(place, shows)
    return place


def _profile(place, shows, **fields):
    profile = PairProfile(membership=place, **fields)
    seal(profile, "shows", shows, owner=place.user)
    profile.save()


def pair(programme, one, other, state="open", **fields):
    """Two people of a programme, the first as the mentor; with `state="draft"` they are only asked."""
    shape = {"kind": "pair", "parent": programme, "listed": False, "capacity": 1, "intake": "closed"}
    opened = timezone.now() if state == "open" else None
    made = GroupFactory(state=state, opened_at=opened, name=programme.name, **shape, **fields)
    asked = {"state": "invited", "joined_at": None} if state == "draft" else {}
    FacilitatorFactory(group=made, user=one.user, alias=one.alias, **asked)
    MembershipFactory(group=made, user=other.user, alias=other.alias, **asked)
    return made


def pair_agreement(pair, holds=True, **words):
    """What the two agreed to, from today for twelve weeks."""
    today = timezone.localdate()
    row = PairAgreement(group=pair, version=1, starts_on=today, ends_on=today + timedelta(weeks=12))
    row.written_by, row.holds_since = pair.memberships.earliest("pk").user, timezone.now() if holds else None
    seal(row, "words", json.dumps(words), owner=pair)
    row.save()
    return row


def review(pair, user, did, shared=False):
    """How one of the two looks back."""
    row = EndingReview(group=pair, user=user, shared=shared)
    seal(row, "words", json.dumps({"did": did}), owner=user)
    row.save()
    return row
