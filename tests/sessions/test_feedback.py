"""How a session was, from those who were there. Nobody can tell who said what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import Feedback, FeedbackGiven, GroupSession
from sessions.services import (
    AlreadySaid,
    FeedbackClosed,
    NothingSaid,
    forget_who_said,
    give_feedback,
    hear_feedback,
    keep_attendance,
)
from tests import factories, pairs
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db
HEARD, WORTHWHILE, PACE, PART = range(4)
NO, PARTLY, MOSTLY, YES = range(1, 5)


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=-timedelta(hours=3))


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group).user


def attendee(session, facilitator, came="came"):
    joined = timezone.now() - timedelta(days=90)
    person = factories.MembershipFactory(group=session.group, joined_at=joined).user
    if came:
        keep_attendance(facilitator, session=session, marks={person.pk: came})
    return person


def say(session, facilitator, *levels, question=HEARD):
    for level in levels:
        give_feedback(attendee(session, facilitator), session=session, answers={question: level})


def over_since(session, **ago):
    """Move the session so that it ended then."""
    end = timezone.now() - timedelta(**ago)
    GroupSession.objects.filter(pk=session.pk).update(starts_at=end - timedelta(minutes=75), ends_at=end)
    session.refresh_from_db()


def heard(actor, session, question=HEARD):
    return dict(hear_feedback(actor, session=session)[question].answers)


NOT_ASKED = {
    "member who was away": lambda session, lead: attendee(session, lead, "away"),
    "member who told us": lambda session, lead: attendee(session, lead, "apologies"),
    "member not marked": lambda session, lead: attendee(session, lead, ""),
    "who leads": lambda session, lead: lead,
    "other facilitator": lambda session, lead: factories.FacilitatorFactory().user,
    "admin": lambda session, lead: factories.AdminFactory(),
}


@pytest.mark.parametrize("who", NOT_ASKED)
def test_only_those_who_were_there_say(session, facilitator, who):
    person = NOT_ASKED[who](session, facilitator)

    with pytest.raises(NotAllowed):
        give_feedback(person, session=session, answers={HEARD: YES})

    assert not Feedback.objects.exists()
    assert not FeedbackGiven.objects.exists()


def test_who_came_and_leads_now_is_not_asked(session, facilitator):
    person = attendee(session, facilitator)
    person.memberships.update(role="facilitator")

    with pytest.raises(NotAllowed):
        give_feedback(person, session=session, answers={HEARD: YES})


def test_of_two_people_nobody_is_asked():
    """Answers are heard from five on: there is nobody to add them to."""
    programme = factories.GroupFactory(kind="programme")
    two = pairs.pair(programme, pairs.mentor(programme), pairs.mentee(programme))
    session = factories.SessionFactory(group=two, starts_in=-timedelta(hours=3))
    two.memberships.update(joined_at=timezone.now() - timedelta(days=90))
    mentor, mentee = two.memberships.get(role="facilitator").user, two.memberships.get(role="member").user
    keep_attendance(mentor, session=session, marks={mentee.pk: "came"})

    with pytest.raises(NotAllowed):
        give_feedback(mentee, session=session, answers={HEARD: YES})

    assert not Feedback.objects.exists()


def test_who_left_the_group_is_not_asked(session, facilitator):
    person = attendee(session, facilitator)
    person.memberships.update(state="left", ended_at=timezone.now())

    with pytest.raises(NotAllowed):
        give_feedback(person, session=session, answers={HEARD: YES})


@pytest.mark.parametrize("who", ["attendee", "other facilitator", "admin", "safety lead", "stand-in"])
def test_nobody_else_hears_it(session, facilitator, who):
    person = {
        "attendee": lambda: attendee(session, facilitator),
        "other facilitator": lambda: factories.FacilitatorFactory().user,
        "admin": factories.AdminFactory,
        "safety lead": factories.SafetyLeadFactory,
        "stand-in": lambda: factories.booking(session, host=factories.UserFactory()).host,
    }[who]()

    with pytest.raises(NotAllowed):
        hear_feedback(person, session=session)


def test_it_is_said_from_the_end_on_for_two_weeks(session, facilitator):
    early, late = attendee(session, facilitator, "left"), attendee(session, facilitator)
    over_since(session, minutes=-1)
    with pytest.raises(FeedbackClosed):
        give_feedback(early, session=session, answers={HEARD: YES})
    over_since(session, days=13, hours=23)
    give_feedback(early, session=session, answers={HEARD: YES})
    over_since(session, days=14)
    with pytest.raises(FeedbackClosed):
        give_feedback(late, session=session, answers={HEARD: YES})

    assert FeedbackGiven.objects.get().user == early


def test_nothing_is_not_an_answer(session, facilitator):
    person = attendee(session, facilitator)

    with pytest.raises(NothingSaid):
        give_feedback(person, session=session, answers={})

    assert not FeedbackGiven.objects.exists()


def test_it_is_said_once_and_not_changed(session, facilitator):
    person = attendee(session, facilitator)
    give_feedback(person, session=session, answers={HEARD: YES, PACE: NO})

    with pytest.raises(AlreadySaid):
        give_feedback(person, session=session, answers={HEARD: NO})

    assert Feedback.objects.get().given == [[0, 0, 0, 1], [0] * 4, [1, 0, 0, 0], [0] * 4]


def test_sums_are_kept_and_no_answer(session, facilitator):
    say(session, facilitator, YES, YES, NO)

    row = Feedback.objects.get()
    assert row.given == [[1, 0, 0, 2], [0] * 4, [0] * 4, [0] * 4]
    columns = {field.name for field in Feedback._meta.get_fields()}
    assert columns == {"id", "session", "given", "shown"}
    assert {field.name for field in FeedbackGiven._meta.get_fields()} == {"id", "session", "user"}


def test_the_record_names_nobody(session, facilitator):
    person = attendee(session, facilitator)
    give_feedback(person, session=session, answers={HEARD: NO})

    entry = AuditEntry.objects.get(action="feedback.give")
    assert (entry.actor, entry.about, entry.reason, entry.object_id) == (None, None, "", str(session.public_id))


class TestWhatIsShown:
    def test_nothing_before_a_day_is_over(self, session, facilitator):
        over_since(session, hours=23)
        say(session, facilitator, *[YES] * 6)

        assert heard(facilitator, session) == {}
        over_since(session, hours=24)
        assert heard(facilitator, session) == {"Yes": 6, "Mostly": 0, "Partly": 0, "Not really": 0}

    def test_nothing_below_five(self, session, facilitator):
        say(session, facilitator, *[YES] * 4)
        over_since(session, days=2)
        assert heard(facilitator, session) == {}

        say(session, facilitator, NO)
        assert heard(facilitator, session) == {"Yes": 4, "Mostly": 0, "Partly": 0, "Not really": 1}

    @pytest.mark.parametrize("first_day", [5, 6, 9])
    def test_one_more_answer_changes_nothing_that_is_seen(self, session, facilitator, first_day):
        say(session, facilitator, *[YES] * first_day)
        over_since(session, days=2)
        before = heard(facilitator, session)

        seen = []
        for _ in range(5):
            say(session, facilitator, NO)
            seen.append(heard(facilitator, session))

        assert seen[:4] == [before] * 4
        assert seen[4] == before | {"Not really": 5}

    def test_looking_or_not_makes_no_difference(self, session, facilitator):
        over_since(session, days=2)
        say(session, facilitator, *[YES] * 7)
        assert heard(facilitator, session)["Yes"] == 5

        say(session, facilitator, *[NO] * 3)
        assert heard(facilitator, session) == {"Yes": 7, "Mostly": 0, "Partly": 0, "Not really": 3}

    def test_each_question_by_itself(self, session, facilitator):
        say(session, facilitator, *[YES] * 5)
        say(session, facilitator, PARTLY, question=PACE)
        over_since(session, days=2)

        assert heard(facilitator, session)["Yes"] == 5
        assert [heard(facilitator, session, question) for question in (WORTHWHILE, PACE, PART)] == [{}, {}, {}]

    def test_of_another_session_nothing(self, session, facilitator):
        say(session, facilitator, *[YES] * 5)
        over_since(session, days=2)
        other = factories.SessionFactory(group=session.group, starts_in=-timedelta(days=3))

        assert heard(facilitator, other) == {}


def test_who_said_is_forgotten_when_nobody_can_say_it_any_more(session, facilitator):
    say(session, facilitator, YES)
    recent = factories.SessionFactory(group=session.group, starts_in=-timedelta(hours=3))
    say(recent, facilitator, YES)
    over_since(session, days=14)

    assert (forget_who_said(), forget_who_said()) == (1, 0)
    assert FeedbackGiven.objects.get().session == recent
    assert Feedback.objects.count() == 2


class TestTheDatabase:
    def test_there_are_four_questions(self, session):
        for field in ("given", "shown"):
            with refused_by("feedback_four_questions"):
                Feedback.objects.create(session=session, **{field: [[0] * 4]})

    def test_it_is_said_once(self, session, facilitator):
        given = {"session": session, "user": facilitator}
        FeedbackGiven.objects.create(**given)

        with refused_by("feedbackgiven_once"):
            FeedbackGiven.objects.create(**given)
