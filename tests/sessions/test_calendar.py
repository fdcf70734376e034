"""The private address of a calendar, and which sessions stand in whose."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from groups.models import Group, Membership
from groups.services import leave_group
from people.models import AuditEntry, User
from people.policy import NotAllowed
from sessions.calendar import entries_of, tag_of
from sessions.models import CalendarLink, GroupSession, Seat
from sessions.services import (
    NoCalendarLink,
    answer_seat,
    cancel_session,
    make_calendar_link,
    open_calendar_link,
    set_calendar_titles,
    stop_calendar_link,
)
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db


def own(person, **where):
    """The sessions in somebody's calendar."""
    entries = entries_of(GroupSession.objects.in_calendar_of(person).filter(**where))
    return [entry.public_id for entry in entries]


def look(person):
    """What the calendar says of the one session in it."""
    (entry,) = entries_of(GroupSession.objects.in_calendar_of(person))
    return entry


def recorded():
    rows = AuditEntry.objects.filter(action__startswith="calendar.").order_by("pk")
    return list(rows.values_list("action", "actor_id", "about_id", "reason"))


@pytest.mark.parametrize(
    "change",
    [make_calendar_link, stop_calendar_link, lambda user: set_calendar_titles(user, titles="names")],
)
@pytest.mark.parametrize("nobody", [AnonymousUser, lambda: factories.UserFactory(state="suspended", is_active=False)])
def test_who_is_not_here_keeps_no_calendar(change, nobody):
    with pytest.raises(NotAllowed):
        change(nobody())


def test_nobody_has_a_link_who_did_not_ask_and_it_is_kept_as_a_hash_only():
    person = factories.UserFactory()
    assert CalendarLink.objects.count() == 0

    token = make_calendar_link(person)

    link = CalendarLink.objects.get()
    assert len(token) == 43  # 256 bits
    assert token not in [str(value) for value in vars(link).values()]
    assert (link.user, link.titles) == (person, "busy")
    assert open_calendar_link(token) == link
    assert recorded() == [("calendar.make", person.pk, person.pk, "")]


def test_a_new_link_is_another_one_and_the_old_is_dead_at_once():
    person = factories.UserFactory()
    old = make_calendar_link(person)
    set_calendar_titles(person, titles="names")

    new = make_calendar_link(person)

    assert old != new
    assert open_calendar_link(old) is None
    assert open_calendar_link(new).titles == "names"


def test_taken_away_it_opens_nothing_and_twice_is_harmless():
    person, other = factories.UserFactory(), factories.UserFactory()
    token, theirs = make_calendar_link(person), make_calendar_link(other)

    stop_calendar_link(person)
    stop_calendar_link(person)

    assert open_calendar_link(token) is None
    assert open_calendar_link(theirs).user == other
    assert [action for action, *_rest in recorded()] == ["calendar.make", "calendar.make", "calendar.stop"]


@pytest.mark.parametrize("state", [User.State.SUSPENDED, User.State.DEACTIVATED, User.State.ERASED])
def test_the_link_of_a_closed_account_opens_nothing(state):
    person = factories.UserFactory()
    token = make_calendar_link(person)
    assert open_calendar_link(token) is not None

    person.move_to(state)
    person.display_name = ""
    person.set_unusable_password()
    person.save()

    assert open_calendar_link(token) is None


def test_a_link_that_no_calendar_asks_for_ends_after_ninety_days(time_machine):
    now = timezone.now()
    token = make_calendar_link(factories.UserFactory())

    time_machine.move_to(now + timedelta(days=89), tick=False)
    assert open_calendar_link(token) is not None

    time_machine.move_to(now + timedelta(days=89 + 89), tick=False)
    assert open_calendar_link(token) is not None

    time_machine.move_to(now + timedelta(days=89 + 89 + 91), tick=False)
    assert open_calendar_link(token) is None


def test_being_asked_for_is_written_down_once_a_day(time_machine, django_assert_num_queries):
    now = timezone.now()
    token = make_calendar_link(factories.UserFactory())

    time_machine.move_to(now + timedelta(hours=25), tick=False)
    with django_assert_num_queries(2):
        open_calendar_link(token)
    with django_assert_num_queries(1):
        open_calendar_link(token)


def test_what_entries_say_is_chosen_for_a_link_that_stands():
    person = factories.UserFactory()
    with pytest.raises(NoCalendarLink, match="There is no calendar link now"):
        set_calendar_titles(person, titles="names")

    make_calendar_link(person)
    set_calendar_titles(person, titles="names")
    set_calendar_titles(person, titles="names")

    assert recorded()[1:] == [("calendar.titles", person.pk, person.pk, "names")]


def test_entries_say_one_of_two_things():
    make_calendar_link(factories.UserFactory())

    with refused_by("calendarlink_titles"):
        CalendarLink.objects.update(titles="all")


def test_a_stranger_s_sessions_are_not_in_it():
    session = factories.SessionFactory()
    assert own(factories.MembershipFactory(group=session.group).user) == [session.public_id]

    assert own(factories.UserFactory()) == []
    for state in ("requested", "waitlisted", "invited", "declined"):
        held = {"joined_at": None, "state": state}
        if state == "invited":
            held["offered_until"] = timezone.now() + timedelta(days=1)
        if state == "waitlisted":
            held["queued_at"] = timezone.now()
        if state == "declined":
            held["ended_at"] = timezone.now()
        assert own(factories.MembershipFactory(group=session.group, **held).user) == []


def test_the_events_of_a_group_that_somebody_left_are_gone():
    session = factories.SessionFactory()
    membership = factories.MembershipFactory(group=session.group)
    factories.SeatFactory(session=session, user=membership.user)
    assert own(membership.user) == [session.public_id]

    leave_group(membership.user, membership=membership)

    assert own(membership.user) == []


def test_who_comes_once_has_the_session_they_chose():
    group = factories.GroupFactory()
    chosen, _other = factories.SessionFactory(group=group), factories.SessionFactory(group=group)
    visit = factories.MembershipFactory(group=group, state="visiting", joined_at=None)
    assert own(visit.user) == []

    answer_seat(visit.user, session=chosen, going=True)

    assert own(visit.user) == [chosen.public_id]


def test_not_this_time_takes_it_out_and_yes_puts_it_back():
    session = factories.SessionFactory()
    person = factories.MembershipFactory(group=session.group).user

    answer_seat(person, session=session, going=False)
    assert own(person) == []

    answer_seat(person, session=session, going=True)
    assert own(person) == [session.public_id]


def test_who_came_without_having_answered_keeps_it():
    session = factories.SessionFactory(starts_in=-timedelta(hours=3))
    member = factories.MembershipFactory(group=session.group)
    marked = {"state": "declined", "answered_at": None, "came": "came", "marked_at": timezone.now()}
    factories.SeatFactory(session=session, user=member.user, marked_by=factories.UserFactory(), **marked)

    assert own(member.user) == [session.public_id]


def test_a_break_is_free_until_the_day_it_ends():
    group = factories.GroupFactory()
    back = timezone.localdate() + timedelta(days=5)
    resting = {"group": group, "state": "paused"}
    until = factories.MembershipFactory(paused_until=back, **resting).user
    for_now = factories.MembershipFactory(paused_until=None, **resting).user
    factories.SessionFactory(group=group, starts_in=timedelta(days=2))
    after = factories.SessionFactory(group=group, starts_in=timedelta(days=5, minutes=1), local_date=back)

    assert own(until) == [after.public_id]
    assert own(for_now) == []


def test_it_keeps_thirty_days_however_long_the_history_is():
    group = factories.GroupFactory()
    member = factories.MembershipFactory(group=group).user
    days = (-300, -31, -29, 80)
    made = [factories.SessionFactory(group=group, starts_in=timedelta(days=day)) for day in days]

    assert own(member) == [made[2].public_id, made[3].public_id]


def test_what_is_cancelled_stays_in_it():
    session = factories.SessionFactory()
    member = factories.MembershipFactory(group=session.group).user
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    entry = look(member)

    assert (entry.is_cancelled, entry.sequence) == (True, 1)


def test_time_is_taken_by_a_seat_and_by_running_the_group():
    session = factories.SessionFactory(capacity=1)
    first, second, quiet = (factories.MembershipFactory(group=session.group).user for _ in range(3))
    leader = factories.FacilitatorFactory(group=session.group).user
    answer_seat(first, session=session, going=True)
    answer_seat(second, session=session, going=True)

    assert [look(person).is_sure for person in (first, second, quiet, leader)] == [True, False, False, True]
    assert look(quiet).told_at == look(quiet).changed_at
    assert look(first).told_at == first.seats.get().answered_at


def test_who_runs_it_now_has_it_although_they_once_said_no():
    session = factories.SessionFactory()
    member = factories.MembershipFactory(group=session.group)
    answer_seat(member.user, session=session, going=False)

    Membership.objects.filter(pk=member.pk).update(role="facilitator")

    assert own(member.user) == [session.public_id]


def test_a_calendar_is_one_query(django_assert_num_queries):
    people = []
    for count in (1, 30):
        member = factories.MembershipFactory()
        for hours in range(count):
            session = factories.SessionFactory(group=member.group, starts_in=timedelta(hours=2 + 3 * hours))
            factories.SeatFactory(session=session, user=member.user)
            factories.SeatFactory(session=session)
        people.append((count, member.user))

    for count, person in people:
        with django_assert_num_queries(1):
            assert len(own(person)) == count


# -- the tag ------------------------------------------------------------------------------------
def tag(person, *, names=True):
    return tag_of(person, names=names)


@pytest.mark.parametrize(
    "change",
    [
        lambda session: GroupSession.objects.update(ends_at=session.ends_at + timedelta(minutes=1)),
        lambda session: GroupSession.objects.update(starts_at=session.starts_at - timedelta(minutes=1)),
        lambda session: GroupSession.objects.update(
            state="held", held_at=timezone.now(), held_by=session.group.created_by
        ),
        lambda session: factories.SessionFactory(group=session.group),
        lambda session: Group.objects.update(name="Another name"),
        lambda session: Membership.objects.update(role="facilitator"),
        lambda session: Membership.objects.update(state="left", ended_at=timezone.now()),
        lambda session: Seat.objects.update(state="waiting", queue=1),
        lambda session: Seat.objects.update(answered_at=session.starts_at),
        lambda session: Seat.objects.update(state="declined"),
    ],
)
def test_whatever_changes_changes_the_tag(change):
    session = factories.SessionFactory()
    person = factories.MembershipFactory(group=session.group).user
    factories.SeatFactory(session=session, user=person)
    before = tag(person)
    assert tag(person) == before

    change(session)

    assert tag(person) != before


def test_what_is_chosen_and_the_language_change_the_tag_and_others_do_not():
    session = factories.SessionFactory()
    person = factories.MembershipFactory(group=session.group).user
    tags = [tag(person), tag(person, names=False)]
    with translation.override("es"):
        tags.append(tag(person))
    factories.SeatFactory(session=session, user=factories.MembershipFactory(group=session.group).user)
    factories.SessionFactory()

    assert len(set(tags)) == 3
    assert tag(person) == tags[0]


def test_nothing_stands_in_a_calendar_that_its_person_may_not_see():
    """A visit begins when somebody is let in: what was over by then is not theirs, whatever seat there is."""
    group = factories.GroupFactory()
    over = factories.SessionFactory(group=group, starts_in=-timedelta(days=2))
    visit = factories.MembershipFactory(group=group, state="visiting", joined_at=None, decided_at=timezone.now())
    factories.SeatFactory(session=over, user=visit.user)
    ahead = factories.SessionFactory(group=group)
    factories.SeatFactory(session=ahead, user=visit.user)

    assert own(visit.user) == [ahead.public_id]
    assert list(GroupSession.objects.visible_to(visit.user)) == [ahead]
