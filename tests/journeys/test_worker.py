"""A real Celery worker on the real Valkey, with a real SMTP server that keeps what it gets."""

from datetime import time as clock_time
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.utils import timezone

from checkins.models import CheckIn, Rhythm
from checkins.services import set_rhythm
from groups.models import Group
from notes.models import Note, NoteKey
from notes.services import write_note
from notices.models import Delivery, Notice
from people.local_time import monday
from people.models import Heartbeat, Organisation
from people.services import give_consent
from sessions.models import GroupSession, Guest
from sessions.services import ask_cover
from tests import pairs as two
from tests.concerns import concern
from tests.factories import (
    CheckInFactory,
    EscalationFactory,
    FacilitatorFactory,
    FollowUpFactory,
    GroupFactory,
    MembershipFactory,
    OfferFactory,
    OrganisationFactory,
    RequestFactory,
    RhythmFactory,
    SafetyLeadFactory,
    SeatFactory,
    SeriesFactory,
    SessionFactory,
    UserFactory,
    WaitingFactory,
    booking,
    news,
    report,
)
from tests.journeys.real_worker import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]
MIDNIGHT = clock_time(0)  # quiet hours with equal ends are none


def make_due(person):
    """They wanted to be asked an hour ago."""
    an_hour_ago = (timezone.now() - timedelta(hours=1)).astimezone(person.zone)
    give_consent(person, purpose="checkins", version="1", channel="joining")
    set_rhythm(person, on=True, weekday=an_hour_ago.weekday(), hour=an_hour_ago.hour)
    Rhythm.objects.update(next_at=timezone.now() - timedelta(minutes=1))


def test_the_weekly_question_is_asked_and_leaves_by_mail(worker, smtp):
    OrganisationFactory()
    membership = MembershipFactory(user__email="wren@example.org", user__quiet_from=MIDNIGHT, user__quiet_to=MIDNIGHT)
    make_due(membership.user)

    worker("checkins.tasks.ask_due")
    until(CheckIn.objects.exists)
    worker("notices.tasks.send_due")
    until(lambda: smtp.messages)

    assert (CheckIn.objects.count(), Delivery.objects.get().state) == (1, "sent")
    (to, raw), message = smtp.messages[0], message_from_bytes(smtp.messages[0][1])
    assert (to, message["Subject"]) == (["wren@example.org"], "A message for you")
    assert b"/c/" in raw
    assert membership.group.name.encode() not in raw


def test_asking_twice_asks_once(worker, smtp):
    OrganisationFactory()
    membership = MembershipFactory(user__quiet_from=MIDNIGHT, user__quiet_to=MIDNIGHT)
    make_due(membership.user)

    for _ in range(3):
        worker("checkins.tasks.ask_due")
    worker("notices.tasks.send_due")
    worker("people.tasks.beat")
    until(Heartbeat.objects.exists)

    assert (CheckIn.objects.count(), len(smtp.messages)) == (1, 1)


def test_a_reminder_is_made_once_and_leaves_by_mail(worker, smtp):
    OrganisationFactory()
    seat = SeatFactory(
        session=SessionFactory(starts_in=timedelta(hours=20)),
        user=MembershipFactory(user__quiet_from=MIDNIGHT, user__quiet_to=MIDNIGHT).user,
        answered_at=timezone.now() - timedelta(days=2),
    )
    MembershipFactory(group=seat.session.group, user=seat.user)

    for _ in range(3):
        worker("sessions.tasks.remind")
    until(Notice.objects.exists)
    worker("notices.tasks.send_due")
    until(lambda: Delivery.objects.get().state == "sent")  # committed after the mail has left

    assert (Notice.objects.count(), len(smtp.messages)) == (1, 1)
    assert message_from_bytes(smtp.messages[0][1])["Subject"] == "A message for you"


def test_a_week_that_is_over_is_let_go(worker):
    checkin = CheckInFactory(week="2026-01-05", asked_at=timezone.now() - timedelta(days=60))

    worker("checkins.tasks.lapse_old")

    until(lambda: CheckIn.objects.get(pk=checkin.pk).state == "lapsed")


def test_a_question_that_waits_is_reminded_of_once(worker):
    now = timezone.now()
    east = now.weekday() == 6 and now.hour >= 10  # where the week is not nearly over, whenever this runs
    seat = MembershipFactory(user__time_zone="Pacific/Kiritimati" if east else "Europe/London")
    RhythmFactory(user=seat.user, remind=True)
    asked = {"asked_at": now - timedelta(days=2), "told_at": now - timedelta(days=2)}
    checkin = CheckInFactory(user=seat.user, week=monday(now.date()) + timedelta(days=7), **asked)

    for _ in range(3):
        worker("checkins.tasks.remind")

    until(lambda: CheckIn.objects.get(pk=checkin.pk).state == "reminded")
    until(lambda: Notice.objects.count() == 1)


def test_what_nobody_looked_at_goes_on_once(worker):
    OrganisationFactory()
    keeper, long_ago = FacilitatorFactory(), timezone.now() - timedelta(hours=1)
    about = MembershipFactory(group=keeper.group).user
    followup = FollowUpFactory(about=about, group=keeper.group, cause="hard")
    escalation = EscalationFactory(followup=followup, planned_at=long_ago, due_at=long_ago)

    for _ in range(2):
        worker("checkins.tasks.escalate")

    assert until(lambda: type(escalation).objects.filter(pk=escalation.pk, happened_at__isnull=False).exists())
    assert Notice.objects.get(topic="followup.opened").user == keeper.user


def test_whoever_has_what_is_late_is_reminded(worker):
    OrganisationFactory()
    keeper, before = FacilitatorFactory(), timezone.now() - timedelta(hours=2)
    about, due = MembershipFactory(group=keeper.group).user, timezone.now() - timedelta(minutes=5)
    has = {"owner": keeper.user, "state": "taken", "seen_at": before}
    FollowUpFactory(about=about, group=keeper.group, created_at=before, due_at=due, **has)

    worker("checkins.tasks.tell_late")

    assert until(lambda: Notice.objects.filter(topic="followup.late", user=keeper.user).exists())


def test_sessions_are_kept_ahead(worker):
    SeriesFactory(starts_on=timezone.localdate() - timedelta(days=7))

    worker("sessions.tasks.keep_ahead")

    assert until(lambda: GroupSession.objects.filter(starts_at__gt=timezone.now()).count()) >= 12


def test_sessions_keep_their_wall_clock(worker):
    session = SessionFactory(starts_in=timedelta(days=9))
    GroupSession.objects.update(starts_at=session.starts_at - timedelta(hours=1))

    worker("sessions.tasks.rederive_clocks")

    assert until(lambda: GroupSession.objects.filter(sequence=2).count()) == 1


def test_a_visit_is_over_after_its_session(worker):
    session = SessionFactory(starts_in=timedelta(hours=-30))
    visit = MembershipFactory(
        group=session.group, state="visiting", joined_at=None, created_at=session.starts_at - timedelta(days=1)
    )
    SeatFactory(session=session, user=visit.user)

    worker("sessions.tasks.end_visits")

    assert until(lambda: type(visit).objects.filter(state="visited").count()) == 1


def test_guests_of_long_ago_are_forgotten(worker):
    lead = FacilitatorFactory()
    ago = timezone.now() - timedelta(days=40)
    Guest.objects.create(group=lead.group, called="Ann", kept_by=lead.user, created_at=ago)

    worker("sessions.tasks.forget_names")

    until(lambda: Guest.objects.get().called == "")


def test_words_of_old_requests_are_forgotten(worker):
    asked = RequestFactory(words=b"sealed")
    asked.move_to("declined")
    asked.ended_at = asked.decided_at = timezone.now() - timedelta(days=100)
    asked.save()

    worker("groups.tasks.forget_words")

    until(lambda: type(asked).objects.get().words is None)


def test_a_group_ends_after_its_last_day(worker):
    group = MembershipFactory(group__ends_on=timezone.localdate() - timedelta(days=2)).group

    worker("groups.tasks.archive_due")

    until(lambda: type(group).objects.get().state == "archived")


def test_people_are_told_two_weeks_before_their_group_ends(worker):
    OrganisationFactory()
    MembershipFactory(group__ends_on=timezone.localdate() + timedelta(days=9))

    worker("groups.tasks.tell_endings")

    until(lambda: Notice.objects.filter(topic="group.ending").exists())


def test_an_offer_that_ran_out_goes_on_to_the_next(worker):
    offer = OfferFactory(group__capacity=1, offered_until=timezone.now())
    waiting = WaitingFactory(group=offer.group)

    for _ in range(3):
        worker("groups.tasks.run_out_offers")

    assert until(lambda: type(waiting).objects.get(pk=waiting.pk).is_offered)
    offer.refresh_from_db()
    assert (offer.state, offer.offers_lapsed) == ("waitlisted", 1)


def test_an_offer_of_a_seat_that_ran_out_goes_on_to_the_next(worker):
    session = SessionFactory(capacity=1)
    late = SeatFactory(session=session, state="offered", queue=1, offered_until=timezone.now())
    waiting = SeatFactory(session=session, state="waiting", queue=2)
    for seat in (late, waiting):
        MembershipFactory(group=session.group, user=seat.user)

    for _ in range(3):
        worker("sessions.tasks.move_lines_on")

    assert until(lambda: type(waiting).objects.get(pk=waiting.pk).state == "offered")
    late.refresh_from_db()
    assert (late.state, late.answered_at) == ("declined", None)


def test_news_goes_out_after_its_five_minutes(worker):
    seat = FacilitatorFactory()
    reader = MembershipFactory(group=seat.group).user
    written = news(seat.group, seat.user, "canary words", goes_at=timezone.now())

    for _ in range(3):
        worker("groups.tasks.tell_news")

    assert until(lambda: type(written).objects.get().told_at)
    assert list(Notice.objects.values_list("user", "topic")) == [(reader.pk, "news.written")]


def test_a_break_ends_on_its_day(worker):
    seat = MembershipFactory(state="paused", paused_until=timezone.localdate() - timedelta(days=1))

    worker("groups.tasks.resume_due")

    until(lambda: type(seat).objects.get().state == "active")


def test_old_notes_are_emptied(worker):
    OrganisationFactory()
    seat = FacilitatorFactory()
    write_note(seat.user, group=seat.group, words="canary note")
    Note.objects.update(retain_until=timezone.localdate() - timedelta(days=1))

    worker("notes.tasks.empty_old")

    assert until(lambda: Note.objects.get().emptied_at)
    assert (NoteKey.objects.count(), Organisation.objects.count()) == (0, 1)


def test_who_looks_after_safety_is_told_again_of_what_waits(worker):
    OrganisationFactory()
    lead = SafetyLeadFactory()
    concern(FacilitatorFactory().user, "canary", sent_at=timezone.now() - timedelta(days=10))

    worker("notes.tasks.remind_of_concerns")

    assert until(lambda: Notice.objects.filter(topic="concern.still", user=lead).exists())


def test_whoever_looks_after_safety_next_hears_what_was_passed_on(worker):
    seen = {"state": "seen", "seen_at": timezone.now(), "handler": UserFactory()}
    left = report(UserFactory(), "canary", group=GroupFactory(), **seen)
    lead = SafetyLeadFactory()

    worker("notes.tasks.remind_of_reports")

    assert until(
        lambda: Notice.objects.filter(topic="report.left", user=lead, ids__report=str(left.public_id)).exists()
    )


def test_questions_that_nobody_answers_end(worker):
    group = GroupFactory(kind="programme")
    asked = two.pair(group, two.mentor(group), two.mentee(group), state="draft")
    Group.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(days=15))

    worker("groups.tasks.run_out_proposals")

    assert until(lambda: Group.objects.get(pk=asked.pk).has_ended)


def test_pairs_are_asked_to_look_back(worker):
    group = GroupFactory(kind="programme")
    two.pair(group, two.mentor(group), two.mentee(group), ends_on=timezone.localdate() + timedelta(days=20))

    worker("groups.tasks.remind_endings")

    assert until(lambda: Notice.objects.filter(topic="pair.ending").count() == 2)


def test_nobody_steps_in_and_the_session_is_cancelled(worker):
    OrganisationFactory()
    session = SessionFactory(starts_in=timedelta(hours=2))
    host = FacilitatorFactory(group=session.group).user
    booking(session, host=host)
    call = ask_cover(host, session=session)
    type(call).objects.update(until=timezone.now(), asked_at=timezone.now() - timedelta(days=1))

    worker("sessions.tasks.run_out_calls")

    assert until(lambda: type(session).objects.get(pk=session.pk).is_cancelled)


def test_the_second_one_does_not_answer_and_the_others_are_asked(worker):
    OrganisationFactory()
    session = SessionFactory(starts_in=timedelta(days=2))
    lead, second, third = (FacilitatorFactory(group=session.group).user for _ in range(3))
    booking(session, host=lead)
    booking(session, host=second, duty="co")
    call = ask_cover(lead, session=session)
    asked = Notice.objects.filter(topic="cover.asked")
    assert asked.get().user == second
    type(call).objects.update(others_at=timezone.now())

    for _ in range(2):
        worker("sessions.tasks.run_out_calls")

    assert until(lambda: set(asked.values_list("user", flat=True)) == {second.pk, third.pk})


def test_nobody_is_there_to_lead_and_admins_hear_of_it(worker):
    session = SessionFactory(starts_in=timedelta(minutes=5))

    worker("sessions.tasks.raise_alarms")

    assert until(lambda: Notice.objects.filter(topic="session.alarm", user=session.group.created_by).exists())


def test_whoever_led_is_asked_once_to_close_what_is_over(worker):
    session = SessionFactory(starts_in=-timedelta(days=3))
    host = FacilitatorFactory(group=session.group).user
    booking(session, host=host)

    worker("sessions.tasks.remind_to_close")

    assert until(lambda: Notice.objects.filter(topic="session.left-open", user=host).exists())
