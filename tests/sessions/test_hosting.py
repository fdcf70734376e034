"""Who leads a session and where."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices.models import Notice
from people.policy import NotAllowed
from sessions.models import Booking
from sessions.services.hosting import DoubleBooked, NotAHost, book, clashes, leaders_of, refusing_overlaps, set_hosts
from tests import factories
from tests.pairs import pair

pytestmark = pytest.mark.django_db


def at(session, **fields):
    """Another session with the same length, some hours after this one."""
    return factories.SessionFactory(starts_at=session.starts_at + timedelta(**fields), group=session.group)


def stands(session):
    return {(row.duty, row.host or row.room) for row in session.bookings.all()}


class TestBooking:
    def test_two_hosts_and_a_room_for_many_sessions(self):
        first = factories.SessionFactory()
        lead, co, room = factories.UserFactory(), factories.UserFactory(), factories.RoomFactory()

        book([first, at(first, days=7)], lead=lead, co=co, room=room)

        assert stands(first) == {("lead", lead), ("co", co), ("", room)}
        assert Booking.objects.count() == 6

    def test_what_is_not_named_goes_and_what_stays_keeps_its_row(self):
        session = factories.SessionFactory()
        lead, co = factories.UserFactory(), factories.UserFactory()
        book([session], lead=lead, co=co)
        kept = session.bookings.get(host=lead)

        book([session], lead=lead)

        assert session.bookings.get() == kept

    def test_lead_and_second_can_change_places(self):
        session = factories.SessionFactory()
        one, other = factories.UserFactory(), factories.UserFactory()
        book([session], lead=one, co=other)

        book([session], lead=other, co=one)

        assert stands(session) == {("lead", other), ("co", one)}

    def test_nobody_is_an_answer(self):
        session = factories.SessionFactory()
        book([session], lead=factories.UserFactory(), room=factories.RoomFactory())

        book([session])

        assert not session.bookings.exists()

    @pytest.mark.parametrize("kind", ["host", "room"])
    def test_a_second_booking_at_the_same_time_says_which(self, kind):
        session = factories.SessionFactory()
        who = {"lead": factories.UserFactory()} if kind == "host" else {"room": factories.RoomFactory()}
        book([session], **who)

        with pytest.raises(DoubleBooked) as no:
            book([at(session, minutes=30)], **who)

        assert no.value.kind == kind
        assert Booking.objects.count() == 1

    def test_a_whole_series_moves_onto_its_own_times(self):
        first = factories.SessionFactory()
        second = at(first, minutes=75)
        lead = factories.UserFactory()
        book([first, second], lead=lead)

        with refusing_overlaps([first, second]):
            for session in (first, second):
                session.starts_at += timedelta(minutes=75)
                session.ends_at += timedelta(minutes=75)
                session.save()

        assert list(Booking.objects.order_by("starts_at").values_list("session", flat=True)) == [first.pk, second.pk]


class TestClashes:
    def test_by_the_place_in_the_list(self):
        session = factories.SessionFactory()
        lead, room = factories.UserFactory(), factories.RoomFactory()
        book([session], lead=lead, room=room)
        times = [
            (session.ends_at, session.ends_at + timedelta(hours=1)),
            (session.starts_at, session.ends_at),
        ]

        found = clashes(times, lead=lead, room=room)

        assert {
            number: [(clash.kind, clash.who, clash.session) for clash in rows] for number, rows in found.items()
        } == {1: [("host", lead, session), ("room", room, session)]}

    def test_what_is_about_to_move_does_not_count(self):
        session = factories.SessionFactory()
        lead = factories.UserFactory()
        book([session], lead=lead)

        assert clashes([(session.starts_at, session.ends_at)], lead=lead, but=[session.pk]) == {}

    def test_one_query(self, django_assert_num_queries):
        session = factories.SessionFactory()
        book([session], lead=(lead := factories.UserFactory()))

        with django_assert_num_queries(1):
            found = clashes([(session.starts_at, session.ends_at)] * 30, lead=lead)
            assert found[29][0].session.group == session.group

    def test_nobody_asked_about_asks_nothing(self, django_assert_num_queries):
        now = timezone.now()
        with django_assert_num_queries(0):
            assert clashes([(now, now + timedelta(hours=1))]) == {}


class TestSetting:
    def test_only_who_runs_the_group(self):
        session = factories.SessionFactory()
        member = factories.MembershipFactory(group=session.group).user
        with pytest.raises(NotAllowed):
            set_hosts(member, session=session, lead=None, co=None, room=None)

    def test_nobody_from_outside_is_booked(self):
        session = factories.SessionFactory()
        runs = factories.FacilitatorFactory(group=session.group).user
        with pytest.raises(NotAHost):
            set_hosts(runs, session=session, lead=factories.UserFactory(), co=None, room=None)

    def test_leaders_are_called_as_in_the_group(self):
        session = factories.SessionFactory()
        runs = factories.FacilitatorFactory(group=session.group, alias="Tunde A.").user
        outside = factories.UserFactory(display_name="Femi")
        book([session], lead=runs, co=outside)

        assert [(one.user, one.called, one.duty) for one in leaders_of(session)] == [
            (runs, "Tunde A.", "lead"),
            (outside, "Femi", "co"),
        ]

    def test_a_pair_has_one_who_leads_also_where_the_organisation_asks_for_two(self):
        factories.OrganisationFactory(needs_two_hosts=True)
        mentor, mentee = factories.MembershipFactory(), factories.MembershipFactory()
        group = pair(factories.GroupFactory(kind="programme"), mentor, mentee)
        session, lead = factories.SessionFactory(group=group), group.memberships.running().get().user
        book([session], lead=lead, co=factories.UserFactory())

        set_hosts(lead, session=session, lead=lead, co=None, room=None)

        assert stands(session) == {("lead", lead)}

    def test_another_room_is_told_to_everybody_who_comes_and_the_same_one_is_not(self):
        session, runs = factories.SessionFactory(), factories.FacilitatorFactory()
        type(session).objects.filter(pk=session.pk).update(group=runs.group)
        member = factories.MembershipFactory(group=runs.group).user
        factories.SeatFactory(session=session, user=member)
        factories.SeatFactory(
            session=session, user=factories.MembershipFactory(group=runs.group).user, state="declined"
        )
        first, second = factories.RoomFactory(), factories.RoomFactory()
        factories.booking(session, room=first)

        for room in (first, second, second):
            set_hosts(runs.user, session=session, lead=runs.user, co=None, room=room)

        assert list(Notice.objects.values_list("user", "topic")) == [(member.pk, "session.place")]
