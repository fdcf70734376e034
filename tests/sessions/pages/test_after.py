"""The summary, how it was, and the card of a session that is over, through the browser client."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from sessions.models import Feedback, FeedbackGiven, GroupSession, Summary
from sessions.services import give_feedback, keep_attendance, keep_summary, share_summary
from tests import factories
from tests.sessions.pages.world import stand, url, words

pytestmark = pytest.mark.django_db
PAGES = ("summary", "summary-edit", "summary-share", "summary-take-back", "feedback", "how-it-was")


@pytest.fixture(autouse=True)
def _over(session):
    stand(session, None, starts_in=-timedelta(hours=3))


def attendee(session, facilitator, came="came"):
    joined = timezone.now() - timedelta(days=90)
    person = factories.MembershipFactory(group=session.group, joined_at=joined).user
    keep_attendance(facilitator, session=session, marks={person.pk: came})
    return person


@pytest.fixture
def there(session, facilitator):
    return attendee(session, facilitator)


def written(session, facilitator):
    return keep_summary(facilitator, session=session, about="canary-about", agreed="canary-agreed")


def shared(session, facilitator):
    return share_summary(facilitator, session=session, seen=written(session, facilitator).written_at)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["other facilitator", "admin", "left the group"])
def test_strangers_find_nothing(session, facilitator, there, as_person, name, who):
    shared(session, facilitator)
    person = {
        "other facilitator": lambda: factories.FacilitatorFactory().user,
        "admin": factories.AdminFactory,
        "left the group": lambda: there,
    }[who]()
    if who == "left the group":
        there.memberships.update(state="left", ended_at=timezone.now())
    client = as_person(person)

    statuses = {client.get(url(name, session)).status_code, client.post(url(name, session)).status_code}
    assert statuses <= {404, 405}
    assert Summary.objects.get().shared_at is not None


class TestTheSummary:
    @pytest.mark.parametrize("came", ["away", "apologies"])
    def test_who_was_not_there_finds_none(self, session, facilitator, as_person, came):
        person = attendee(session, facilitator, came)
        shared(session, facilitator)
        client = as_person(person)

        assert client.get(url("summary", session)).status_code == 404
        assert "What we keep" not in words(client.get(url("detail", session)))

    def test_a_draft_is_found_by_nobody_else(self, session, facilitator, there, as_person):
        written(session, facilitator)
        client = as_person(there)

        assert client.get(url("summary", session)).status_code == 404
        assert "keep of it" not in words(client.get(url("detail", session)))
        for name in ("summary-edit", "summary-share", "summary-take-back"):
            assert client.post(url(name, session)).status_code == 403
        assert Summary.objects.get().shared_at is None

    def test_written_shared_read_changed_and_taken_back(self, session, facilitator, there, as_person):
        lead, reader = as_person(facilitator), as_person(there)
        assert lead.get(url("summary", session)).status_code == 302

        lead.post(url("summary-edit", session), {"about": "Sleep", "agreed": "Ask the library", "seen": ""})
        seen = lead.get(url("summary", session)).context["form"].initial["seen"].isoformat()
        lead.post(url("summary-share", session), {"seen": seen})

        page = words(reader.get(url("summary", session)))
        assert "Sleep What we agreed Ask the library" in page
        assert "Changed on" not in page
        assert "Take it back" not in page
        assert "Read what we keep of it" in words(reader.get(url("detail", session)))

        lead.post(url("summary-edit", session), {"about": "Sleep, and work", "seen": seen})
        assert "Changed on" in words(reader.get(url("summary", session)))
        lead.post(url("summary-take-back", session))
        assert reader.get(url("summary", session)).status_code == 404

    def test_words_stand_on_no_other_page(self, session, facilitator, there, as_person):
        shared(session, facilitator)

        for client in (as_person(facilitator), as_person(there)):
            for name in ("detail", "attendance", "feedback", "how-it-was"):
                assert b"canary-a" not in client.get(url(name, session)).content

    def test_what_somebody_else_wrote_meanwhile_is_shown_beside_it(self, session, facilitator, as_person):
        written(session, facilitator)
        second = factories.FacilitatorFactory(group=session.group).user
        client = as_person(second)

        response = client.post(url("summary-edit", session), {"about": "Mine", "agreed": "", "seen": ""})

        assert response.status_code == 409
        page = words(response)
        assert "Somebody else changed it meanwhile. Read both, then save what should stand" in page
        assert "canary-about" in page
        assert "Mine" in page
        again = response.context["form"].data["seen"]
        assert client.post(url("summary-edit", session), {"about": "Both", "seen": again}).status_code == 302

    @pytest.mark.parametrize("seen", ["", "yesterday", "2026-13-45T00:00:00+00:00", "2026-01-01T00:00:00", "x" * 5000])
    def test_a_draft_that_was_not_seen_is_not_shared(self, session, facilitator, as_person, seen):
        written(session, facilitator)

        assert as_person(facilitator).post(url("summary-share", session), {"seen": seen}).status_code == 302
        assert Summary.objects.get().shared_at is None

    def test_nothing_is_lost_where_words_are_missing(self, session, facilitator, as_person):
        response = as_person(facilitator).post(url("summary-edit", session), {"about": " ", "agreed": "Ask her"})

        assert response.status_code == 422
        assert words(response).count("Write in a few words what it was about") == 2
        assert "Ask her" in words(response)

    def test_before_it_has_begun_it_says_when(self, session, facilitator, as_person):
        stand(session, None, starts_in=timedelta(hours=3))

        response = as_person(facilitator).post(url("summary-edit", session), {"about": "Sleep"})

        assert response.status_code == 409
        assert "You can write down what you keep once the session has begun" in words(response)


class TestHowItWas:
    def test_two_taps_from_the_card(self, session, facilitator, there, as_person):
        client = as_person(there)
        card = client.get(url("detail", session)).content.decode()
        assert f'href="{url("feedback", session)}"' in card

        assert client.post(url("feedback", session), {"all": "4"}).status_code == 302

        assert Feedback.objects.get().given == [[0, 0, 0, 1]] * 4
        after = words(client.get(url("detail", session)))
        assert "You have said how it was. Thank you." in after
        assert "Say how it went" not in after
        assert "You have said how this session was." in words(client.get(url("feedback", session)))

    def test_one_by_one_and_some_left_out(self, session, there, as_person):
        client = as_person(there)

        client.post(url("feedback", session), {"heard": "1", "part_of_it": "3"})

        assert Feedback.objects.get().given == [[1, 0, 0, 0], [0] * 4, [0] * 4, [0, 0, 1, 0]]

    def test_a_double_click_is_one_answer(self, session, there, as_person):
        client = as_person(there)

        sent = [client.post(url("feedback", session), {"all": "1"}).status_code for _ in range(2)]

        assert sent == [302, 302]
        assert Feedback.objects.get().given == [[1, 0, 0, 0]] * 4

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({}, "Choose an answer for one of the four, or more"),
            ({"heard": ""}, "Choose an answer for one of the four, or more"),
            ({"heard": "5", "pace": "3"}, "Choose one of the four answers, or none"),
            ({"all": "yes"}, "Choose one of the four answers, or none"),
        ],
    )
    def test_what_is_no_answer_is_sent_back(self, session, there, as_person, sent, says):
        response = as_person(there).post(url("feedback", session), sent)

        assert response.status_code == 422
        assert says in words(response)
        assert not FeedbackGiven.objects.exists()

    def test_after_two_weeks_the_page_says_so(self, session, there, as_person):
        stand(session, None, starts_in=-timedelta(days=15))
        client = as_person(there)

        assert "This was more than two weeks ago" in words(client.get(url("feedback", session)))
        assert "Say how it went" not in words(client.get(url("detail", session)))
        assert client.post(url("feedback", session), {"all": "4"}).status_code == 409

    def test_who_was_not_there_and_who_leads_are_not_asked(self, session, facilitator, member, as_person):
        for person in (facilitator, member):
            client = as_person(person)
            assert client.post(url("feedback", session), {"all": "4"}).status_code == 403
            assert "Say how it went" not in words(client.get(url("detail", session)))

    def test_members_do_not_see_it(self, session, there, as_person):
        assert as_person(there).get(url("how-it-was", session)).status_code == 403

    def test_counts_in_words_from_five_on(self, session, facilitator, as_person):
        people = [attendee(session, facilitator) for _ in range(6)]
        for person, level in zip(people, [4, 4, 4, 4, 2, 1], strict=True):
            give_feedback(person, session=session, answers={0: level} if level > 1 else {0: level, 2: 1})
        client = as_person(facilitator)
        assert "Answers stand here from" in words(client.get(url("how-it-was", session)))

        stand(session, None, starts_in=-timedelta(days=2))

        page = words(client.get(url("how-it-was", session)))
        assert "I felt heard Yes: 4 people Mostly: 0 people Partly: 1 person Not really: 1 person" in page
        assert page.count("Fewer than five answers so far.") == 3

    def test_no_record_and_no_page_says_who(self, session, facilitator, there, as_person):
        as_person(there).post(url("feedback", session), {"all": "1"})

        assert not AuditEntry.objects.filter(actor=there, action__startswith="feedback").exists()
        assert "Not really" not in words(as_person(there).get(url("feedback", session)))


def test_the_card_of_who_leads_goes_on_to_the_roll(session, facilitator, as_person):
    page = words(as_person(facilitator).get(url("detail", session)))

    assert "Say who came" in page
    assert "Write down what you keep of it" in page
    assert "How it was for people" in page


def test_a_cancelled_session_asks_nothing(session, facilitator, there, as_person):
    GroupSession.objects.update(state="cancelled", cancelled_at=timezone.now(), held_at=None, held_by=None)

    assert "Say how it went" not in words(as_person(there).get(url("detail", session)))
    assert as_person(there).post(url("feedback", session), {"all": "4"}).status_code == 409
