"""That somebody may be in danger: who writes it down, who reads it, and that everybody else learns nothing."""

from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from uuid import uuid4

import pytest
from django.utils import timezone

from notes.models import Concern
from notes.querysets import today
from notes.services import (
    AboutOneself,
    ConcernClosed,
    ConcernGone,
    ConcernSent,
    ConcernWords,
    NoWords,
    close_concern,
    concern_waits_unread,
    forget_concerns,
    keep_concern,
    people_to_name,
    read_by,
    read_concern,
    readers_of,
)
from notices.models import Delivery, Notice
from people.models import AuditEntry, SubjectKey
from people.policy import NotAllowed
from people.sealed import Unreadable
from tests.catalogue import refused_by
from tests.concerns import concern
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    MembershipFactory,
    OrganisationFactory,
    SafetyLeadFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
    booking,
)

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ConcernWords("canary facts", "canary done", "canary shared")
FRIDAY_EVENING = datetime(2026, 11, 20, 19, tzinfo=UTC)


@pytest.fixture
def lead():
    return SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def seat():
    return FacilitatorFactory(alias="Marisol")


@pytest.fixture
def member(seat):
    return MembershipFactory(group=seat.group, alias="Wren")


def kept(actor, **given):
    given = {"once": uuid4(), "words": WORDS, "happened_at": timezone.now(), "send": True} | given
    return keep_concern(actor, **given)


def record():
    rows = AuditEntry.objects.filter(action__startswith="concern.").order_by("pk")
    return list(rows.values_list("action", "actor", "about", "reason"))


# -- who may -------------------------------------------------------------------------------------
def test_whoever_helps_nobody_writes_none(member):
    with pytest.raises(NotAllowed):
        kept(member.user)

    assert not Concern.objects.exists()


def test_nobody_but_its_author_and_a_safety_lead_reads_it(lead, seat, member):
    row = kept(seat.user, about=member)
    colleague = FacilitatorFactory(group=seat.group).user
    for stranger in (member.user, colleague, AdminFactory(), UserFactory()):
        assert not Concern.objects.visible_to(stranger).exists()
        with pytest.raises(NotAllowed):
            read_concern(stranger, concern=row)

    assert [read_concern(one, concern=row) for one in (seat.user, lead)] == [WORDS, WORDS]


def test_a_draft_is_its_authors_alone(lead, seat):
    row = kept(seat.user, send=False)

    assert not Concern.objects.visible_to(lead).exists()
    with pytest.raises(NotAllowed):
        read_concern(lead, concern=row)
    assert read_concern(seat.user, concern=row) == WORDS
    assert not Notice.objects.exists()


def test_a_lead_never_reads_one_about_themself(lead, seat):
    other = SafetyLeadFactory()
    row = kept(seat.user, about=MembershipFactory(group=seat.group, user=lead))

    assert not Concern.objects.visible_to(lead).exists()
    assert readers_of(row) == [other]
    with pytest.raises(NotAllowed):
        read_concern(lead, concern=row)
    with pytest.raises(NotAllowed):
        close_concern(lead, concern=row)
    assert list(Notice.objects.values_list("user", "topic")) == [(other.pk, "concern.sent")]


def test_nobody_closes_or_sees_to_their_own(lead, seat):
    for author in (lead, seat.user):
        row = kept(author)
        read_concern(author, concern=row)
        with pytest.raises(NotAllowed):
            close_concern(author, concern=row)
        row.refresh_from_db()
        assert (row.seen_at, row.closed_at) == (None, None)


def test_somebody_elses_is_not_changed(seat):
    row = kept(seat.user, send=False)
    with pytest.raises(NotAllowed):
        kept(FacilitatorFactory().user, once=row.public_id, words=ConcernWords("other"))

    assert read_concern(seat.user, concern=row) == WORDS


def test_it_is_about_somebody_else_and_says_something(seat):
    with pytest.raises(AboutOneself):
        kept(seat.user, about=seat)
    with pytest.raises(NoWords):
        kept(seat.user, words=ConcernWords(" \n"))


# -- the record ----------------------------------------------------------------------------------
def test_words_are_sealed_and_shown_in_no_repr(seat):
    row = kept(seat.user)

    assert b"canary" not in b"".join(bytes(words) for words in (row.facts, row.done, row.shared))
    assert "canary" not in repr(WORDS)


def test_the_person_hears_of_it_in_their_record_only_if_they_were_told(lead, seat, member):
    quiet, told = kept(seat.user, about=member), kept(seat.user, about=member, told=["person", "lead"])
    for row in (quiet, told):
        read_concern(lead, concern=row)
        close_concern(lead, concern=row)

    assert record() == [
        ("concern.send", seat.user.pk, None, "outside"),
        ("concern.send", seat.user.pk, member.user.pk, "outside"),
        ("concern.read", lead.pk, None, ""),
        ("concern.close", lead.pk, None, ""),
        ("concern.read", lead.pk, member.user.pk, ""),
        ("concern.close", lead.pk, member.user.pk, ""),
    ]
    assert not Notice.objects.filter(user=member.user).exists()


def test_a_draft_tells_the_person_nothing(seat, member):
    read_concern(seat.user, concern=kept(seat.user, about=member, told=["person"], send=False))

    assert {about for _action, _actor, about, _reason in record()} == {None}


@pytest.mark.parametrize(
    ("told", "shared", "reason"),
    [(["lead"], "", ""), (["emergency"], "", "outside"), (["other"], "", "outside"), ([], "Our address", "outside")],
)
def test_telling_somebody_outside_is_an_act_of_its_own(seat, told, shared, reason):
    kept(seat.user, told=told, words=ConcernWords("x", shared=shared))

    assert record() == [("concern.send", seat.user.pk, None, reason)]


def test_that_somebody_reads_is_written_down_before_it_opens(lead, seat):
    row = kept(seat.user)
    SubjectKey.objects.filter(subject_public_id=row.public_id).update(wrapped=None, destroyed_at=timezone.now())

    with pytest.raises(Unreadable):
        read_concern(lead, concern=row)
    assert record()[-1] == ("concern.read", lead.pk, None, "")


# -- from a draft to its close -------------------------------------------------------------------
def test_the_second_click_sends_one(lead, seat):
    once = uuid4()

    assert kept(seat.user, once=once) == kept(seat.user, once=once)
    assert (Concern.objects.count(), Notice.objects.count(), len(record())) == (1, 1, 1)


def test_what_was_sent_is_not_written_over(seat):
    row = kept(seat.user)
    for send in (True, False):
        with pytest.raises(ConcernSent):
            kept(seat.user, once=row.public_id, words=ConcernWords("more"), send=send)

    assert read_concern(seat.user, concern=row) == WORDS


def test_a_draft_is_changed_and_then_sent(lead, seat, member):
    row = kept(seat.user, send=False)
    changed = ConcernWords("changed")
    sent = kept(seat.user, once=row.public_id, words=changed, about=member)

    assert (sent.pk, sent.about, sent.group) == (row.pk, member.user, seat.group)
    assert read_concern(lead, concern=sent) == changed
    assert (row.retain_until - today()).days == pytest.approx(365, abs=1)
    assert (sent.retain_until - today()).days == pytest.approx(3 * 365, abs=2)


def test_its_author_hears_once_that_it_was_seen(lead, seat):
    row, other = kept(seat.user), SafetyLeadFactory()
    for reader in (lead, other, lead):
        read_concern(reader, concern=row)

    row.refresh_from_db()
    assert row.seen_by == lead
    assert Notice.objects.filter(user=seat.user, topic="concern.seen").count() == 1


def test_it_is_closed_once(lead, seat):
    row = kept(seat.user)
    close_concern(lead, concern=row)

    with pytest.raises(ConcernClosed):
        close_concern(SafetyLeadFactory(), concern=row)
    row.refresh_from_db()
    assert row.closed_by == lead


def test_reading_is_promised_in_open_hours(lead, seat, time_machine):
    OrganisationFactory()  # from nine to five on weekdays; two hours
    time_machine.move_to(FRIDAY_EVENING, tick=False)
    row = kept(seat.user)

    assert read_by(row) == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert row.ring_by == FRIDAY_EVENING + timedelta(hours=72)
    assert read_by(kept(seat.user, send=False)) is None


@pytest.mark.parametrize(
    ("sent", "leaves"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 10, tzinfo=UTC)),
        (datetime(2026, 11, 24, 23, tzinfo=UTC), datetime(2026, 11, 25, 9, tzinfo=UTC)),
    ],
)
def test_it_reaches_a_lead_at_once_while_somebody_is_there(seat, sent, leaves, time_machine):
    OrganisationFactory()
    SafetyLeadFactory(quiet_from=clock_time(9, 30), quiet_to=clock_time(9, 29))  # quiet nearly all day
    time_machine.move_to(sent, tick=False)
    kept(seat.user)

    assert Delivery.objects.get().send_at == leaves


def test_what_nobody_read_in_time_or_may_read_waits(lead, seat, time_machine):
    OrganisationFactory()
    time_machine.move_to(FRIDAY_EVENING, tick=False)
    row = kept(seat.user)
    kept(seat.user, send=False)
    assert not concern_waits_unread()

    time_machine.move_to(FRIDAY_EVENING + timedelta(days=3), tick=False)
    assert concern_waits_unread()
    read_concern(lead, concern=row)
    assert not concern_waits_unread()
    kept(lead)  # the only lead wrote it
    assert concern_waits_unread()


# -- whom it can be about ------------------------------------------------------------------------
def test_the_people_of_ones_groups_can_be_named(seat, member):
    MembershipFactory(), MembershipFactory(group=seat.group, state="left", ended_at=timezone.now())

    assert list(people_to_name(seat.user)) == [member]
    assert not people_to_name(member.user).exists()


def test_whoever_steps_in_names_those_who_come(seat, member):
    MembershipFactory(group=seat.group, alias="Not here")
    session = SessionFactory(group=seat.group, starts_in=timedelta(minutes=5))
    SeatFactory(session=session, user=member.user)
    outside = UserFactory()
    booking(session, host=outside)

    assert list(people_to_name(outside, session)) == [member]
    assert people_to_name(seat.user, session).count() == 2
    assert not people_to_name(outside).exists()


# -- the day of deletion -------------------------------------------------------------------------
def test_words_go_on_their_day_with_their_key(seat, lead):
    old, young = kept(seat.user), kept(seat.user)
    Concern.objects.filter(pk=old.pk).update(retain_until=today())
    old.refresh_from_db()
    with pytest.raises(ConcernGone):
        read_concern(lead, concern=old)

    assert [forget_concerns(), forget_concerns()] == [1, 0]
    old.refresh_from_db()
    assert (old.facts, old.done, old.shared, old.is_gone) == (None, None, None, True)
    assert SubjectKey.objects.get(subject_public_id=old.public_id).wrapped is None
    assert read_concern(lead, concern=young) == WORDS
    assert ("concern.empty", None, None, "1") in record()


def test_a_draft_whose_day_has_come_is_not_filled_again(seat):
    row = kept(seat.user, send=False)
    Concern.objects.update(retain_until=today())
    forget_concerns()

    with pytest.raises(ConcernGone):
        kept(seat.user, once=row.public_id)


# -- the table -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("concern_not_about_oneself", lambda row: {"about": row.author}),
        ("concern_sent_says_what", lambda row: {"facts": None}),
        ("concern_seen_by_whom", lambda row: {"seen_at": timezone.now()}),
        ("concern_seen_by_whom", lambda row: {"seen_by": UserFactory()}),
        ("concern_closed_by_whom", lambda row: {"closed_at": timezone.now()}),
        (
            "concern_closed_by_whom",
            lambda row: {"closed_at": timezone.now(), "closed_by": UserFactory(), "sent_at": None},
        ),
        ("concern_waits_once_sent", lambda row: {"sent_at": None, "left_at": timezone.now()}),
        ("concern_waits_once_sent", lambda row: {"sent_at": None, "alone_at": timezone.now()}),
        ("concern_emptied_is_empty", lambda row: {"emptied_at": timezone.now()}),
    ],
)
def test_what_must_never_be_false_is_refused_by_the_database(seat, name, fields):
    row = concern(seat.user, "canary")
    values = fields(row)
    with refused_by(name):
        Concern.objects.filter(pk=row.pk).update(**values)
