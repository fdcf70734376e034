"""Writing to everybody in a group: who may, how many, how often, and until when it can be taken back."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups import services
from groups.errors import AlreadyTold, CountChanged, TooManyThisHour
from groups.models import Announcement
from groups.querysets import AnnouncementQuerySet
from notices.models import Delivery, Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import unseal
from tests import pairs as two
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
    news,
)
from tests.groups.at_once import ROUNDS, at_once, kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    seat = FacilitatorFactory(alias="Marisol")
    MembershipFactory.create_batch(2, group=seat.group)
    return seat


def announce(seat, people=2, **given):
    given = {"words": "We meet in the other room.", "once": uuid4()} | given
    return services.announce(seat.user, group=seat.group, people=people, **given)


def due(announcement):
    Announcement.objects.filter(pk=announcement.pk).update(goes_at=timezone.now())


# -- who ----------------------------------------------------------------------------------------------
def test_only_those_who_run_the_group_write_to_it(seat):
    strangers = [UserFactory(), AdminFactory(), FacilitatorFactory().user, seat.group.memberships.last().user]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            services.announce(stranger, group=seat.group, words="Hello.", people=3, once=uuid4())

    assert not Announcement.objects.exists()


def test_two_people_of_a_pair_have_no_news(db):
    programme = GroupFactory(kind="programme")
    pair = two.pair(programme, two.mentor(programme), two.mentee(programme))
    mentor = pair.memberships.facilitators().get()
    with pytest.raises(NotAllowed):
        announce(mentor, people=1)


def test_nothing_is_written_to_a_group_that_has_ended(seat):
    seat.group.state, seat.group.archived_at = "archived", timezone.now()
    seat.group.save()
    with pytest.raises(NotAllowed):
        announce(seat)


# -- writing ------------------------------------------------------------------------------------------
def test_words_are_sealed_and_the_record_says_only_how_many(seat):
    written = announce(seat)

    row = Announcement.objects.get()
    assert b"room" not in bytes(row.words)
    assert unseal(row, "words", owner=seat.group) == "We meet in the other room."
    assert row.goes_at - row.written_at == pytest.approx(timedelta(minutes=5), abs=timedelta(seconds=1))
    assert list(AuditEntry.objects.values_list("action", "object_id", "reason")) == [
        ("announcement.write", str(written.public_id), "2")
    ]


def test_whoever_takes_a_break_asks_or_has_left_is_not_counted(seat):
    MembershipFactory(group=seat.group, state="paused")
    MembershipFactory(group=seat.group, state="requested", joined_at=None)
    MembershipFactory(group=seat.group, state="left", ended_at=timezone.now())
    suspended = MembershipFactory(group=seat.group).user
    suspended.move_to("suspended")
    suspended.save()

    assert services.readers_of(seat.group, seat.user) == 2


def test_another_number_than_was_shown_is_asked_about_again(seat):
    MembershipFactory(group=seat.group)
    with pytest.raises(CountChanged):
        announce(seat, people=2)

    assert not Announcement.objects.exists()


def test_the_second_click_sends_the_same_message(seat):
    once = uuid4()

    assert announce(seat, once=once) == announce(seat, once=once)
    assert Announcement.objects.count() == 1


def test_a_name_of_another_message_is_not_taken_over(seat):
    theirs = news(GroupFactory(), UserFactory(), "Of another group.")

    mine = announce(seat, once=theirs.public_id)

    assert mine.public_id != theirs.public_id
    assert Announcement.objects.get(public_id=theirs.public_id).author == theirs.author


def test_a_small_group_is_written_to_so_many_times_a_day(seat):
    for _number in range(20):
        services.take_back_announcement(seat.user, announcement=announce(seat))

    with pytest.raises(TooManyThisHour, match="20 times within a day"):
        announce(seat)

    Announcement.objects.update(written_at=timezone.now() - timedelta(days=1, minutes=1))
    assert announce(seat).pk


# -- how much -----------------------------------------------------------------------------------------
def test_an_hour_takes_so_many_and_says_when_it_takes_more(seat):
    OrganisationFactory(news_an_hour=3)
    first = announce(seat)
    Announcement.objects.filter(pk=first.pk).update(written_at=timezone.now() - timedelta(minutes=20))

    with pytest.raises(TooManyThisHour, match="can go from"):
        announce(seat)

    Announcement.objects.filter(pk=first.pk).update(written_at=timezone.now() - timedelta(minutes=61))
    assert announce(seat)


def test_what_was_taken_back_does_not_count(seat):
    OrganisationFactory(news_an_hour=2)
    services.take_back_announcement(seat.user, announcement=announce(seat))

    assert announce(seat)


def test_a_group_larger_than_the_hour_allows_is_told_so(seat):
    OrganisationFactory(news_an_hour=1)
    with pytest.raises(TooManyThisHour, match="An admin can change"):
        announce(seat)


# -- going out ----------------------------------------------------------------------------------------
def test_nobody_is_told_before_its_time(seat):
    announce(seat)

    assert services.tell_news() == 0
    assert not Notice.objects.exists()


def test_everybody_but_the_author_is_told_once(seat):
    due(announce(seat))

    assert [services.tell_news(), services.tell_news()] == [1, 0]
    readers = set(seat.group.memberships.filter(role="member").values_list("user", flat=True))
    assert set(Notice.objects.values_list("user", flat=True)) == readers
    assert Delivery.objects.count() == 2


def test_what_somebody_wrote_who_runs_the_group_no_more_does_not_go_out(seat):
    due(announce(seat))
    seat.state, seat.ended_at = "left", timezone.now()
    seat.save()

    assert services.tell_news() == 0
    assert Announcement.objects.get().taken_back_at
    assert not Notice.objects.exists()


def test_people_of_the_group_read_it_only_once_it_is_out(seat):
    member = seat.group.memberships.filter(role="member").first().user
    written = announce(seat)

    assert not Announcement.objects.visible_to(member).exists()
    due(written)
    services.tell_news()
    assert Announcement.objects.visible_to(member).get() == written
    assert not Announcement.objects.visible_to(AdminFactory()).exists()


# -- taking back --------------------------------------------------------------------------------------
def test_taken_back_it_never_goes_out(seat):
    written = announce(seat)
    colleague = FacilitatorFactory(group=seat.group).user

    services.take_back_announcement(colleague, announcement=written)
    services.take_back_announcement(seat.user, announcement=written)
    due(written)

    assert services.tell_news() == 0
    assert Announcement.objects.get().taken_back_by == colleague
    assert AuditEntry.objects.filter(action="announcement.take_back").count() == 1


def test_members_take_nothing_back(seat):
    written = announce(seat)
    with pytest.raises(NotAllowed):
        services.take_back_announcement(seat.group.memberships.last().user, announcement=written)


def test_what_is_out_cannot_be_taken_back(seat):
    written = announce(seat)
    due(written)
    services.tell_news()

    with pytest.raises(AlreadyTold):
        services.take_back_announcement(seat.user, announcement=written)


@pytest.mark.django_db(transaction=True)
@ROUNDS
def test_taking_back_while_it_goes_out_is_one_or_the_other(rounds):
    for _round in range(rounds):
        written, results = _race()
        row = Announcement.objects.get(pk=written.pk)
        told = Notice.objects.filter(key=f"news {written.public_id}").count()

        assert bool(row.told_at) != bool(row.taken_back_at)
        assert told == (2 if row.told_at else 0)
        assert kinds(results) == ["AlreadyTold" if row.told_at else "Announcement", "int", "int"]


@pytest.mark.django_db(transaction=True)
def test_the_race_notices_a_clock_that_holds_nothing():
    """Canary: without the claim both go ahead, and only the database keeps them apart, with an error."""
    unheld = partial(patch.object, AnnouncementQuerySet, "select_for_update", lambda rows, **_: rows)
    with unheld():
        outcomes = {tuple(kinds(_race()[1])) for _round in range(40)}

    assert any("IntegrityError" in outcome for outcome in outcomes)


def _race():
    seat = FacilitatorFactory()
    MembershipFactory.create_batch(2, group=seat.group)
    written = news(seat.group, seat.user, "Soon.", goes_at=timezone.now(), people=2)
    back = partial(services.take_back_announcement, seat.user, announcement=written)
    return written, at_once(back, services.tell_news, services.tell_news)


# -- the table ----------------------------------------------------------------------------------------
ANNOUNCEMENT_WRONGS = {
    "announcement_one_end": {"told_at": timezone.now(), "taken_back_at": timezone.now(), "taken_back_by_id": 1},
    "announcement_taken_back_by_whom": {"taken_back_at": timezone.now()},
    "announcement_has_words": {"words": b""},
}


@pytest.mark.parametrize(("name", "fields"), ANNOUNCEMENT_WRONGS.items())
def test_what_must_never_be_false_is_refused_by_the_database(seat, name, fields):
    written = announce(seat)
    fields = {key: seat.user_id if key == "taken_back_by_id" else value for key, value in fields.items()}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Announcement.objects.filter(pk=written.pk).update(**fields)

    assert caught.value.__cause__.diag.constraint_name == name
