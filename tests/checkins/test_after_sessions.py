"""Who was not there, who left early, what was promised."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import FollowUp
from checkins.services import NotInGroup, follow_roll, look_after_missed, open_promise, see_followup, why_of
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.services import change_person
from sessions.models import Booking, Seat
from tests import factories as make
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db
AGO = timedelta(hours=-3)


@pytest.fixture
def evening():
    """A session that is over, with who leads it and two members."""
    group = make.GroupFactory(name="Quiet river")
    lead = make.FacilitatorFactory(group=group, alias="Marisol").user
    second = make.FacilitatorFactory(group=group, alias="Tunde").user
    session = make.SessionFactory(group=group, starts_in=AGO)
    people = [make.MembershipFactory(group=group, alias=name).user for name in ("Kofi", "Mo")]
    for person in people:
        make.HelloConsentFactory(user=person)
    return session, lead, second, people


def mark(session, user, came):
    fields = {"state": "declined", "answered_at": None, "came": came}
    marked = {"marked_by": make.UserFactory(), "marked_at": timezone.now()}
    Seat.objects.update_or_create(session=session, user=user, defaults=fields | marked)


def missed_of(user):
    return FollowUp.objects.filter(about=user, cause="missed").order_by("pk")


@pytest.mark.parametrize("came", ["", "came", "apologies"])
def test_nobody_is_thought_of_who_came_or_told_us_or_was_not_marked(evening, came):
    session, lead, _, (kofi, mo) = evening
    mark(session, kofi, came)
    mark(session, mo, "away")

    follow_roll(lead, session=session)

    assert [row.about for row in FollowUp.objects.filter(cause="missed")] == [mo]


def test_nothing_is_made_before_the_session_is_over_or_for_a_pair(evening):
    session, lead, _, (kofi, _) = evening
    mark(session, kofi, "away")
    session.ends_at = timezone.now() + timedelta(minutes=5)

    follow_roll(lead, session=session)

    assert not FollowUp.objects.exists()


def test_who_left_early_is_looked_after_while_the_others_still_meet(evening):
    session, lead, _, (kofi, mo) = evening
    mark(session, kofi, "left")
    mark(session, mo, "away")
    session.ends_at = timezone.now() + timedelta(minutes=5)

    follow_roll(lead, session=session)

    assert [(row.about, row.cause) for row in FollowUp.objects.all()] == [(kofi, "left")]


def test_who_was_not_there_is_one_quiet_row_and_no_message(evening):
    session, lead, _, (kofi, _) = evening
    mark(session, kofi, "away")

    follow_roll(lead, session=session)
    follow_roll(lead, session=session)

    (row,) = missed_of(kofi)
    assert (row.state, row.owner, row.session, row.group) == ("open", None, session, session.group)
    assert row.due_at > timezone.now()
    assert not Notice.objects.exists()


def test_the_third_time_in_a_row_we_leave_a_person_be(evening):
    session, lead, _, (kofi, _) = evening
    rounds = [make.SessionFactory(group=session.group, starts_in=AGO - timedelta(weeks=n)) for n in (3, 2, 1)]
    for one in [*rounds, session]:
        mark(one, kofi, "away")
        follow_roll(lead, session=one)

    assert [row.session for row in missed_of(kofi)] == rounds[:2]


def test_having_come_in_between_begins_anew(evening):
    session, lead, _, (kofi, _) = evening
    for weeks, came in ((3, "away"), (2, "away"), (1, "came")):
        one = make.SessionFactory(group=session.group, starts_in=AGO - timedelta(weeks=weeks))
        mark(one, kofi, came)
        follow_roll(lead, session=one)
    mark(session, kofi, "away")

    follow_roll(lead, session=session)

    assert missed_of(kofi).count() == 3


def test_nobody_who_asked_to_be_left_be_or_takes_a_break_or_has_left(evening):
    session, lead, _, (kofi, mo) = evening
    ines = make.MembershipFactory(group=session.group, alias="Ines", state="left", ended_at=timezone.now()).user
    look_after_missed(kofi, on=False)
    mo.memberships.update(state="paused")
    for person in (kofi, mo, ines):
        mark(session, person, "away")

    follow_roll(lead, session=session)

    assert not FollowUp.objects.exists()


def test_nobody_who_was_never_asked_whether_they_want_a_hello(evening):
    session, lead, _, (kofi, mo) = evening
    kofi.consents.all().delete()
    for person in (kofi, mo):
        mark(session, person, "away")

    follow_roll(lead, session=session)

    assert [row.about for row in FollowUp.objects.all()] == [mo]


def test_asking_to_be_left_be_takes_back_what_nobody_has_seen(evening):
    session, lead, second, (kofi, mo) = evening
    for person in (kofi, mo):
        mark(session, person, "away")
    follow_roll(lead, session=session)
    see_followup(second, followup=missed_of(mo).get())

    look_after_missed(kofi, on=False)
    look_after_missed(mo, on=False)

    assert (missed_of(kofi).get().state, missed_of(mo).get().state) == ("dropped", "open")


def test_a_mark_put_right_before_anybody_saw_it_takes_it_back_and_the_next_brings_it_again(evening):
    session, lead, _, (kofi, _) = evening
    states = []
    for came in ("away", "came", "away"):
        mark(session, kofi, came)
        follow_roll(lead, session=session)
        states.append(missed_of(kofi).get().state)

    assert states == ["open", "dropped", "open"]


def test_what_somebody_has_seen_stays_with_them(evening):
    session, lead, second, (kofi, _) = evening
    mark(session, kofi, "away")
    follow_roll(lead, session=session)
    see_followup(second, followup=missed_of(kofi).get())
    mark(session, kofi, "came")

    follow_roll(lead, session=session)

    assert missed_of(kofi).get().state == "open"


def test_who_left_early_is_looked_after_by_the_second_host_the_same_day(evening):
    session, lead, second, (kofi, _) = evening
    make.booking(session, host=second, duty="co")
    mark(session, kofi, "left")

    follow_roll(lead, session=session)

    row = FollowUp.objects.get(about=kofi)
    assert (row.cause, row.state, row.owner) == ("left", "taken", second)
    assert row.due_at - timezone.now() < timedelta(hours=24)
    assert [notice.user for notice in Notice.objects.all()] == [second]


def test_where_nobody_is_the_second_all_who_run_it_are_asked(evening):
    session, lead, second, (kofi, _) = evening
    stranger = make.UserFactory()
    make.booking(session, host=stranger, duty="co")  # stepped in, and sees nothing of the group's list
    mark(session, kofi, "left")

    follow_roll(lead, session=session)

    assert FollowUp.objects.get(about=kofi).owner is None
    assert {notice.user for notice in Notice.objects.all()} == {lead, second}
    assert Booking.objects.get().host == stranger


# -- promises -----------------------------------------------------------------------------------
def promise(actor, session, about, owner, **more):
    due_at = timezone.now() + timedelta(days=2)
    values = {"key": "one", "why": "First time. Ask how it was.", "due_at": due_at} | more
    return open_promise(actor, session=session, about=about, owner=owner, **values)


def test_members_promise_nothing_and_nobody_from_elsewhere_does(evening):
    session, _, _, (kofi, mo) = evening
    elsewhere = make.FacilitatorFactory().user

    for actor in (kofi, elsewhere):
        with pytest.raises(NotAllowed):
            promise(actor, session, mo, actor)


def test_a_promise_is_about_the_groups_people_and_for_those_who_may_keep_it(evening):
    session, lead, second, (kofi, mo) = evening
    elsewhere = make.FacilitatorFactory().user

    for about, owner in ((elsewhere, lead), (kofi, elsewhere), (kofi, mo), (second, second)):
        with pytest.raises(NotInGroup):
            promise(lead, session, about, owner)
    assert not FollowUp.objects.exists()


def test_a_promise_for_a_colleague_is_told_to_them_once(evening):
    session, lead, second, (kofi, _) = evening

    first = promise(lead, session, kofi, second)
    again = promise(lead, session, kofi, second)

    assert first == again
    assert (first.cause, first.state, first.owner, first.seen_at) == ("promise", "taken", second, None)
    assert [notice.user for notice in Notice.objects.all()] == [second]


def test_the_words_are_sealed_and_who_reads_them_is_written_down(evening):
    session, lead, second, (kofi, mo) = evening
    row = promise(lead, session, kofi, second)

    assert b"First time" not in bytes(FollowUp.objects.get().why)
    with pytest.raises(NotAllowed):
        why_of(mo, followup=row)
    assert why_of(lead, followup=row) == "First time. Ask how it was."
    entry = AuditEntry.objects.filter(action="followup.read").get()
    assert (entry.actor, entry.about, entry.reason) == (lead, kofi, "")


def test_a_follow_up_of_a_session_names_it(evening):
    session, lead, second, (kofi, _) = evening
    promise(lead, session, kofi, second)

    with refused_by("followup_of_session_has_it"):
        FollowUp.objects.update(session=None)
    with refused_by("followup_cause"):
        FollowUp.objects.update(cause="no-show")


def test_quiet_hours_do_not_change_what_is_owed(evening):
    session, lead, second, (kofi, _) = evening
    change_person(second, person=second, quiet_from=timezone.now().time(), quiet_to=timezone.now().time())

    assert promise(lead, session, kofi, second).owner == second
