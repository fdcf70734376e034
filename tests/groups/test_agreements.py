"""What a group agrees to: its parts, its versions, who is asked again, and when it is looked at."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services, words
from groups.errors import AgreementChanged, SectionMissing
from groups.forms.agreement import months_from
from groups.models import Acceptance, Agreement, Group
from groups.policies import has_agreed
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def whole(**changes):
    """The starting agreement, with other promises for some parts; None takes one out."""
    sections = [s | {"promise": changes.get(s["topic"], s["promise"])} for s in services.starting_agreement()]
    return [section for section in sections if section["promise"]]


def own(promise, meaning=""):
    return {"topic": "", "promise": promise, "meaning": meaning}


# -- publishing -------------------------------------------------------------------------------------
def test_the_starting_agreement_has_every_part_and_words_for_each():
    sections = services.starting_agreement()

    assert [s["topic"] for s in sections] == list(words.TOPICS)
    assert all(s["promise"] and s["meaning"] for s in sections)


def test_the_starting_words_about_meeting_online_say_all_that_they_must():
    """R20: other people's ends, recordings and pictures, a private place, the camera."""
    online = next(s for s in services.starting_agreement() if s["topic"] == "online")["meaning"]

    needed = ["Somewhere nobody listens in", "headphones", "Camera on or off", "No recording", "pictures", "ends"]
    assert [part for part in needed if part in online] == needed


def test_only_its_facilitators_and_admins_publish_an_agreement():
    group = GroupFactory()

    for stranger in (UserFactory(), FacilitatorFactory().user, MembershipFactory(group=group).user):
        with pytest.raises(NotAllowed):
            services.publish_agreement(stranger, group=group, sections=whole())


def test_publishing_makes_the_next_version_and_asks_everybody_again():
    seat = FacilitatorFactory()
    first = services.publish_agreement(seat.user, group=seat.group, sections=whole())
    member = MembershipFactory(group=seat.group)
    services.accept_agreement(member.user, group=seat.group)

    second = services.publish_agreement(seat.user, group=seat.group, sections=whole(respect="We are kind."))

    assert (first.version, second.version) == (1, 2)
    assert (has_agreed(member.user, seat.group), has_agreed(seat.user, seat.group)) == (False, True)


def test_publishing_the_same_words_again_asks_nobody():
    seat = FacilitatorFactory()

    first = services.publish_agreement(seat.user, group=seat.group, sections=whole())
    again = services.publish_agreement(seat.user, group=seat.group, sections=whole())

    assert again == first


@pytest.mark.parametrize("topic", list(words.TOPICS))
def test_an_agreement_that_leaves_a_part_out_is_refused_by_its_name(topic):
    seat = FacilitatorFactory()

    with pytest.raises(SectionMissing, match=str(words.TOPICS[topic])):
        services.publish_agreement(seat.user, group=seat.group, sections=whole(**{topic: None}))

    assert not Agreement.objects.exists()


@pytest.mark.parametrize(("format_", "missing"), [("online", True), ("hybrid", True), ("in_person", False)])
def test_only_groups_that_meet_online_must_speak_of_it(format_, missing):
    group = GroupFactory(format=format_, place="Quay Hall")

    assert ("online" not in services.needed_topics(group)) is not missing


def test_a_version_published_meanwhile_is_not_written_over():
    seat = FacilitatorFactory()
    services.publish_agreement(seat.user, group=seat.group, sections=whole())
    services.publish_agreement(AdminFactory(), group=seat.group, sections=whole(time="We take turns."), after=1)

    with pytest.raises(AgreementChanged):
        services.publish_agreement(seat.user, group=seat.group, sections=whole(time="We hurry."), after=1)

    assert seat.group.agreement.version == 2


def test_a_first_version_published_meanwhile_is_not_written_over():
    seat = FacilitatorFactory()
    services.publish_agreement(AdminFactory(), group=seat.group, sections=whole())

    with pytest.raises(AgreementChanged):
        services.publish_agreement(seat.user, group=seat.group, sections=whole(time="We hurry."), after=0)


# -- saying yes -------------------------------------------------------------------------------------
def test_only_people_who_come_affirm_an_agreement():
    agreement = AgreementFactory()

    for stranger in (UserFactory(), RequestFactory(group=agreement.group).user, AdminFactory()):
        with pytest.raises(NotAllowed):
            services.accept_agreement(stranger, group=agreement.group)

    assert not Acceptance.objects.exists()


def test_affirming_twice_is_one_row():
    agreement = AgreementFactory()
    member = MembershipFactory(group=agreement.group)

    services.accept_agreement(member.user, group=agreement.group)
    services.accept_agreement(member.user, group=agreement.group, version=1)

    assert Acceptance.objects.count() == 1


def test_affirming_a_version_that_holds_no_more_is_refused():
    agreement = AgreementFactory()
    AgreementFactory(group=agreement.group, version=2)
    member = MembershipFactory(group=agreement.group)

    with pytest.raises(AgreementChanged):
        services.accept_agreement(member.user, group=agreement.group, version=1)


def test_a_group_without_an_agreement_has_nothing_to_affirm():
    member = MembershipFactory()

    assert services.accept_agreement(member.user, group=member.group) is None


def test_a_person_is_led_to_exactly_the_agreements_that_wait_for_them():
    person = UserFactory()
    waits, said, ended, without = (MembershipFactory(user=person).group for _ in range(4))
    for group in (waits, said, ended):
        AcceptanceFactory(agreement=AgreementFactory(group=group), user=person)
    for group in (waits, ended):
        AgreementFactory(group=group, version=2)
    Group.objects.filter(pk=ended.pk).update(state="archived", archived_at=timezone.now())
    AgreementFactory(group=RequestFactory(user=person).group)
    visited = MembershipFactory(user=person, state="visiting", joined_at=None).group
    AgreementFactory(group=visited)

    assert set(Group.objects.awaiting_yes_of(person)) == {waits, visited}
    assert without.agreement is None


# -- what changed -----------------------------------------------------------------------------------
def test_a_changed_part_stands_beside_what_it_was():
    before, after = whole(), whole(respect="We are kind.")

    changes = services.what_changed(before, after)

    changed = [section for section in changes.sections if section["changed"]]
    assert [(s["promise"], s["was"]["promise"]) for s in changed] == [("We are kind.", before[2]["promise"])]
    assert (changes.gone, bool(changes)) == ([], True)


def test_what_was_taken_out_is_shown_and_what_is_new_has_no_before():
    before = [*whole(), own("Phones are off.")]
    after = [*whole(), own("We start on time.")]

    changes = services.what_changed(before, after)

    assert changes.gone == [own("Phones are off.")]
    assert [(s["promise"], s["was"]) for s in changes.sections if s["changed"]] == [("We start on time.", None)]


def test_a_promise_of_their_own_is_known_by_its_sentence_or_its_explanation():
    before = [own("Phones are off.", "They ring."), own("We sing.", "At the end.")]
    after = [own("We sing together.", "At the end."), own("Phones are off.", "They distract.")]

    changes = services.what_changed(before, after)

    assert [s["was"] for s in changes.sections] == [before[1], before[0]]
    assert changes.gone == []


def test_the_same_words_are_no_change_in_whatever_order():
    before = [own("One."), own("Two.")]

    changes = services.what_changed(before, before[::-1])

    assert (bool(changes), [s["changed"] for s in changes.sections]) == (False, [False, False])


def test_everybody_else_is_asked_again():
    seat = FacilitatorFactory()
    MembershipFactory.create_batch(2, group=seat.group)
    MembershipFactory(group=seat.group, state="paused")
    RequestFactory(group=seat.group)

    assert (services.asked_again(seat.group, seat.user), services.asked_again(seat.group, AdminFactory())) == (3, 4)


# -- looking at it again ----------------------------------------------------------------------------
def test_an_agreement_is_looked_at_again_in_half_a_year_unless_somebody_chose():
    seat, day = FacilitatorFactory(), timezone.localdate() + timedelta(days=40)
    first = services.publish_agreement(seat.user, group=seat.group, sections=whole())
    second = services.publish_agreement(seat.user, group=seat.group, sections=whole(time="Turns."), review_on=day)

    assert (first.review_on, second.review_on) == (timezone.localdate() + timedelta(days=183), day)


def test_the_same_words_with_another_day_only_move_the_day():
    seat, day = FacilitatorFactory(), timezone.localdate() + timedelta(days=40)
    first = services.publish_agreement(seat.user, group=seat.group, sections=whole())

    services.publish_agreement(seat.user, group=seat.group, sections=whole(), review_on=day)

    first.refresh_from_db()
    assert (first.review_on, Agreement.objects.count()) == (day, 1)


def test_a_passed_day_is_found_until_the_agreement_is_kept():
    seat = FacilitatorFactory()
    today = timezone.localdate()
    agreement = AgreementFactory(group=seat.group, review_on=today)
    AgreementFactory(review_on=today + timedelta(days=1))
    assert list(Group.objects.to_review()) == [seat.group]

    services.keep_agreement(seat.user, group=seat.group, version=1)

    agreement.refresh_from_db()
    assert (agreement.review_on, list(Group.objects.to_review())) == (today + timedelta(days=183), [])
    assert AuditEntry.objects.get().action == "agreement.keep"


def test_the_day_of_an_older_version_counts_no_more():
    agreement = AgreementFactory(review_on=timezone.localdate())
    AgreementFactory(group=agreement.group, version=2)

    assert not Group.objects.to_review().exists()


def test_only_those_who_publish_keep_an_agreement():
    agreement = AgreementFactory()

    for stranger in (UserFactory(), MembershipFactory(group=agreement.group).user):
        with pytest.raises(NotAllowed):
            services.keep_agreement(stranger, group=agreement.group)


def test_another_version_than_the_one_looked_at_is_not_kept():
    seat = FacilitatorFactory()
    AgreementFactory(group=seat.group, version=2)

    for seen in (1, 3):
        with pytest.raises(AgreementChanged):
            services.keep_agreement(seat.user, group=seat.group, version=seen)


def test_months_end_on_the_last_day_of_a_shorter_one():
    day = timezone.localdate().replace(year=2026, month=8, day=31)

    assert [months_from(day, n).isoformat() for n in (1, 6, 24)] == ["2026-09-30", "2027-02-28", "2028-08-31"]
