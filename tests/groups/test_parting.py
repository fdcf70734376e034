"""Being put out, and what people say on leaving."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import NotPutOut, NotTakingPeople, RunsIt
from groups.models import Farewell, Membership
from notices.models import Delivery, Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import Seat
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LONG_AGO = date(2020, 3, 1)


@pytest.fixture
def group():
    group = GroupFactory()
    AgreementFactory(group=group)
    return group


@pytest.fixture
def facilitator(group):
    return FacilitatorFactory(group=group, alias="Marisol").user


@pytest.fixture
def seat(group):
    return MembershipFactory(group=group, alias="Wren")


def out(actor, seat, **changes):
    return services.put_out(actor, membership=seat, **{"why": "safety"} | changes)


# -- put out ----------------------------------------------------------------------------------------
def test_only_those_who_run_that_very_group_put_somebody_out(group, facilitator, seat):
    for user in (UserFactory(), AdminFactory(), seat.user, FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            out(user, seat)
        with pytest.raises(NotAllowed):
            services.unblock(user, membership=seat)

    seat.refresh_from_db()
    assert seat.state == "active"


def test_nobody_puts_out_themself_or_another_who_runs_the_group(group, facilitator):
    own, other = group.memberships.get(user=facilitator), FacilitatorFactory(group=group)

    with pytest.raises(NotAllowed):
        out(facilitator, own)
    with pytest.raises(RunsIt):
        out(facilitator, other)

    assert group.memberships.facilitators().count() == 2


def test_two_of_a_pair_do_not_put_each_other_out():
    pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
    mentor, mentee = FacilitatorFactory(group=pair), MembershipFactory(group=pair)

    with pytest.raises(NotAllowed):
        out(mentor.user, mentee)


def test_a_reason_is_one_of_ours(facilitator, seat):
    with pytest.raises(ValueError, match="he was rude"):
        out(facilitator, seat, why="he was rude")


@pytest.mark.parametrize("state", ["left", "declined", "removed"])
def test_who_is_gone_already_is_not_put_out(group, facilitator, state):
    gone = MembershipFactory(group=group, state=state, ended_at=timezone.now())

    with pytest.raises(NotPutOut):
        out(facilitator, gone)


@pytest.mark.parametrize("state", ["requested", "waitlisted"])
def test_who_only_asks_can_be_blocked_and_not_removed(group, facilitator, state):
    asked = RequestFactory(group=group, state=state, queued_at=timezone.now(), words=b"sealed")

    with pytest.raises(NotPutOut):
        out(facilitator, asked)
    out(facilitator, asked, block=True)

    asked.refresh_from_db()
    assert (asked.state, asked.words) == ("blocked", None)


@pytest.mark.parametrize("state", ["active", "paused", "visiting"])
@pytest.mark.parametrize("block", [False, True])
def test_a_place_ends_at_once_with_its_seats(group, facilitator, state, block):
    joined = None if state == "visiting" else timezone.now()
    seat = MembershipFactory(group=group, state=state, joined_at=joined)
    SeatFactory(session=SessionFactory(group=group), user=seat.user)

    out(facilitator, seat, block=block, why="agreement")

    seat.refresh_from_db()
    assert (seat.state, seat.ended_why) == ("blocked" if block else "removed", "agreement")
    assert Seat.objects.get(user=seat.user).state == "declined"


def test_the_record_says_who_and_why_in_one_word(facilitator, seat):
    out(facilitator, seat, why="absence")

    entry = AuditEntry.objects.get(action="membership.remove")
    assert (entry.actor, entry.about, entry.reason) == (facilitator, seat.user, "absence")


@pytest.mark.parametrize("by_mail", [True, False])
def test_the_person_is_told_once_and_as_they_wished(group, facilitator, by_mail):
    seat = MembershipFactory(group=group, by_mail=by_mail)

    out(facilitator, seat)
    with pytest.raises(NotPutOut):
        out(facilitator, seat)

    notice = Notice.objects.get(topic="membership.ended")
    assert (notice.user, Delivery.objects.filter(notice=notice).exists()) == (seat.user, by_mail)
    assert set(notice.ids) == {"membership", "group"}


@pytest.mark.parametrize("ends", ["left", "put out"])
def test_the_freed_place_is_offered_to_the_first_in_line(group, facilitator, seat, ends):
    group.capacity = 1
    group.save()
    first = RequestFactory(group=group, state="waitlisted", queued_at=timezone.now())

    if ends == "left":
        services.leave_group(seat.user, membership=seat)
    else:
        out(facilitator, seat)

    first.refresh_from_db()
    assert first.is_offered


def test_removed_may_ask_again_and_blocked_may_not_until_the_way_is_opened(group, facilitator, seat):
    def ask():
        return services.ask_to_join(seat.user, group=group, agreement=group.agreement, alias="Wren")

    out(facilitator, seat)
    again = ask()
    out(facilitator, again, block=True)
    for intake in ("request", "open"):
        group.intake = intake
        group.save()
        with pytest.raises(NotTakingPeople):
            ask()
    group.intake = "request"
    group.save()

    for _ in range(2):
        services.unblock(facilitator, membership=again)

    again.refresh_from_db()
    assert (again.state, ask().state) == ("removed", "requested")
    assert AuditEntry.objects.filter(action="membership.unblock").count() == 1


# -- words on leaving -------------------------------------------------------------------------------
def leave(seat, **more):
    return services.leave_group(seat.user, membership=seat, **more)


def test_nobody_else_reads_what_was_said(group, facilitator, seat):
    leave(seat, words="The room was cold.")

    for user in (seat.user, AdminFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            services.read_farewells(user, group=group)


def test_nobody_speaks_for_somebody_else(group, facilitator, seat):
    with pytest.raises(NotAllowed):
        services.say_farewell(facilitator, membership=seat, words="I was wrong.")

    assert not Farewell.objects.exists()


def test_words_are_sealed_and_tied_to_nobody(group, seat):
    before = set(AuditEntry.objects.values_list("pk", flat=True))

    leave(seat, words="The room was cold.")

    said = Farewell.objects.get()
    assert b"cold" not in bytes(said.words)
    assert (said.signed, said.month.day) == ("", 1)
    new = AuditEntry.objects.exclude(pk__in=before)
    assert [entry.action for entry in new] == ["membership.leave"]
    assert {f.name for f in Farewell._meta.fields} == {
        "id",
        "public_id",
        "group",
        "words",
        "signed",
        "month",
        "read_at",
    }


def test_without_words_nothing_is_kept(seat):
    leave(seat, signed=True)

    assert not Farewell.objects.exists()


def test_who_may_not_leave_leaves_no_words(group, facilitator):
    own = group.memberships.get(user=facilitator)

    with pytest.raises(Exception, match="only facilitator"):
        leave(own, words="Goodbye.")

    assert not Farewell.objects.exists()


def test_unsigned_words_wait_for_the_end_of_the_month_and_signed_ones_do_not(group, facilitator, seat):
    leave(seat, words="The room was cold.")
    leave(MembershipFactory(group=group, alias="Kofi"), words="Thank you all.", signed=True)
    read = services.read_farewells(facilitator, group=group)
    assert [(said.name, said.words) for said in read] == [("Kofi", "Thank you all.")]

    Farewell.objects.filter(signed="").update(month=LONG_AGO)

    read = services.read_farewells(facilitator, group=group)
    assert [(said.name, said.words) for said in read] == [("Kofi", "Thank you all."), ("", "The room was cold.")]
    assert not Farewell.objects.filter(read_at=None).exists()


def test_reading_is_on_record_and_about_nobody(group, facilitator, seat):
    services.read_farewells(facilitator, group=group)
    assert not AuditEntry.objects.filter(action="farewell.read").exists()
    leave(seat, words="Thank you.", signed=True)

    services.read_farewells(facilitator, group=group)

    entry = AuditEntry.objects.get(action="farewell.read")
    assert (entry.actor, entry.about) == (facilitator, None)


def test_words_are_erased_after_a_year(group, seat):
    leave(seat, words="Thank you.")
    assert services.forget_farewells() == 0
    Farewell.objects.update(month=timezone.localdate() - timedelta(days=400))

    assert (services.forget_farewells(), services.forget_farewells()) == (1, 0)


def test_a_closed_place_keeps_its_name_for_coming_back(group, seat):
    leave(seat)

    assert Membership.objects.get(user=seat.user).alias == "Wren"
