"""What must never be false about people."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from people.consents import CHECK_INS, HELLO
from people.models import AuditEntry, Consent, Heartbeat, MasterKeyCheck, Organisation, SubjectKey, User
from tests.catalogue import refused_by
from tests.factories import ConsentFactory, OrganisationFactory, TakenBackFactory, UserFactory

pytestmark = pytest.mark.django_db


def change(user, **fields):
    User.objects.filter(pk=user.pk).update(**fields)


def test_an_address_stands_in_lower_case():
    user = UserFactory()

    with refused_by("user_email_lower"):
        change(user, email="Person@Example.org")


def test_a_person_is_made_with_a_lower_case_address():
    assert User.objects.create_user(" Wren@Example.ORG ").email == "wren@example.org"


def test_a_state_is_one_of_four():
    with refused_by("user_state"):
        change(UserFactory(), state="asleep", is_active=False)


def test_only_active_people_may_sign_in():
    with refused_by("user_active_iff_state"):
        change(UserFactory(), state="suspended")


def test_moving_on_keeps_state_and_sign_in_together():
    user = UserFactory()

    user.move_to("suspended")
    user.save()

    assert (user.state, user.is_active) == ("suspended", False)


def test_an_erased_person_is_empty():
    with refused_by("user_erased_is_empty"):
        change(UserFactory(display_name="Wren"), state="erased", is_active=False)


def test_a_person_never_prints_as_a_name_or_an_address():
    user = UserFactory(email="wren@example.org", display_name="Wren")

    assert str(user) == f"person {user.pk}"


def test_there_is_one_organisation(organisation):
    with refused_by("organisation_single_row"):
        Organisation.objects.create(pk=2)


def test_sign_up_is_open_or_invited(organisation):
    with refused_by("organisation_signup"):
        Organisation.objects.update(signup="closed")


def test_an_answer_is_promised_within_a_month(organisation):
    with refused_by("organisation_answer_days"):
        Organisation.objects.update(answer_days=0)


@pytest.mark.parametrize("months", [0, 25])
def test_notes_are_kept_for_two_years_at_most(organisation, months):
    with refused_by("organisation_note_months"):
        Organisation.objects.update(note_months=months)


@pytest.mark.parametrize("hours", [0, 49])
def test_a_cover_is_looked_for_from_one_hour_to_two_days_before(organisation, hours):
    with refused_by("organisation_cover_hours"):
        Organisation.objects.update(cover_hours=hours)


@pytest.mark.parametrize("closes", [time(9), time(8, 59)])
def test_the_organisation_closes_after_it_opens(organisation, closes):
    with refused_by("organisation_open_hours"):
        Organisation.objects.update(opens=time(9), closes=closes)


@pytest.mark.parametrize("days", [[], [7], [0, 1, 9]])
def test_the_organisation_is_open_on_some_day_of_the_week(organisation, days):
    with refused_by("organisation_open_days"):
        Organisation.objects.update(open_days=days)


@pytest.mark.parametrize("hours", [0, 25])
def test_what_nobody_looks_at_goes_on_within_a_day_of_open_hours(organisation, hours):
    with refused_by("organisation_unseen_hours"):
        Organisation.objects.update(unseen_hours=hours)


def test_somebody_can_be_written_to_within_an_hour(organisation):
    with refused_by("organisation_news_an_hour"):
        Organisation.objects.update(news_an_hour=0)


def test_the_organisations_hours_are_on_its_own_clock():
    organisation = OrganisationFactory(time_zone="America/New_York", open_days=[4], opens=time(9), closes=time(12))

    assert organisation.open_hours.is_open(datetime(2026, 11, 20, 14, tzinfo=UTC))
    assert not organisation.open_hours.is_open(datetime(2026, 11, 20, 13, 59, tzinfo=UTC))


def test_help_lines_are_confirmed_by_somebody(organisation):
    with refused_by("organisation_crisis_by_whom"):
        Organisation.objects.update(crisis_confirmed_at=timezone.now())


def test_the_organisation_is_made_the_first_time_somebody_asks():
    assert Organisation.current() == Organisation.current()


def test_one_consent_a_purpose_is_open():
    consent = ConsentFactory()

    with refused_by("consent_one_open"):
        Consent.objects.create(user=consent.user, purpose=consent.purpose, version="2")


def test_only_ones_own_yes_to_this_that_was_not_taken_back_counts():
    back = ConsentFactory(withdrawn_at=timezone.now() + timedelta(hours=1))
    assert not Consent.objects.said_yes(back.user, back.purpose)
    consent = ConsentFactory()

    assert not Consent.objects.said_yes(back.user, consent.purpose)
    assert not Consent.objects.said_yes(consent.user, "hello")
    assert Consent.objects.said_yes(consent.user, consent.purpose)


def test_a_consent_cannot_end_before_it_began():
    consent = ConsentFactory()

    with refused_by("consent_ends_after_start"):
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=consent.given_at - timedelta(days=1))


def test_one_key_a_subject():
    user = UserFactory()
    held = {"subject_kind": "user", "subject_public_id": user.public_id, "wrapped": b"k", "master_version": 1}
    SubjectKey.objects.create(**held)

    with refused_by("subjectkey_once"):
        SubjectKey.objects.create(**held)


def test_a_destroyed_key_is_gone():
    with refused_by("subjectkey_destroyed_is_gone"):
        SubjectKey.objects.create(
            subject_kind="user",
            subject_public_id=UserFactory().public_id,
            wrapped=b"k",
            master_version=1,
            destroyed_at=timezone.now(),
        )


def test_nothing_prints_more_than_its_kind_and_number():
    entry = AuditEntry(action="note.read", object_kind="notes.note", object_id="7")
    key, check, beat = SubjectKey(pk=1), MasterKeyCheck(version=1), Heartbeat(name="tick")

    assert [str(row) for row in (entry, key, check, beat, Consent(pk=3))] == [
        "note.read notes.note 7",
        "key 1",
        "master key 1",
        "tick",
        "consent 3",
    ]
    assert str(OrganisationFactory(name="Harbour Lane")) == "Harbour Lane"


def test_a_consent_was_given_somewhere_that_we_know():
    with refused_by("consent_channel"):
        ConsentFactory(channel="pigeon")


def test_the_organisation_is_never_without_quiet_hours(organisation):
    with refused_by("organisation_quiet_hours"):
        Organisation.objects.update(quiet_from=time(20), quiet_to=time(20))


def test_who_comes_new_starts_with_the_quiet_hours_of_the_organisation(organisation):
    Organisation.objects.update(quiet_from=time(21), quiet_to=time(7, 30))

    new, own = UserFactory(), UserFactory(quiet_from=time(9), quiet_to=time(17))

    assert (new.quiet_from, new.quiet_to) == (time(21), time(7, 30))
    assert (own.quiet_from, own.quiet_to) == (time(9), time(17))


@pytest.mark.parametrize("current", [CHECK_INS, HELLO], ids=["check-ins", "hello"])
def test_what_people_say_yes_to_now_has_its_words(current):
    consent = Consent(**current)

    assert consent.covers
    assert consent.title not in {"", consent.purpose}


def test_a_yes_to_what_was_asked_long_ago_still_reads():
    assert (Consent(purpose="story", version="7").title, Consent(purpose="story", version="7").covers) == ("story", "")


@pytest.mark.parametrize(("states", "offered"), [([], True), (["given"], True), (["taken back"], False)])
def test_a_question_stands_as_its_person_left_it(states, offered):
    user = UserFactory()
    TakenBackFactory(user=user)  # another question
    for state in states:
        made = TakenBackFactory if state == "taken back" else ConsentFactory
        made(user=user, purpose="hello")

    assert Consent.objects.offered_as(user, "hello") is offered
