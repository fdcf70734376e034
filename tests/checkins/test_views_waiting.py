"""/follow-up/waiting/: that something waits, never whose it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from checkins.models import FollowUp
from checkins.services import CannotLook, NoLongerWaits, ask_to_look, escalations, see_followup
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from tests import factories
from tests import pairs as two
from tests.checkins.conftest import MONDAY

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 11, 23, 13, tzinfo=UTC)
PATH = "/follow-up/waiting/"


def wait(moment=MONDAY, **fields):
    with time_machine.travel(moment, tick=False):
        followup = factories.FollowUpFactory(due_at=moment + timedelta(days=3), cause="hard", **fields)
        escalations.plan_escalations(followup)
    return followup


@pytest.fixture
def waiting(wren, group):
    followup = wait(about=wren, group=group)
    with time_machine.travel(LATE, tick=True):
        yield followup


@pytest.fixture
def lead(group):
    return factories.SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def admin(group):
    return group.created_by


def text(answer):
    return " ".join(answer.content.decode().split())


def ask(followup):
    return f"{PATH}{followup.public_id}/ask/"


# -- who may not --------------------------------------------------------------------------------
def test_members_and_facilitators_have_no_such_page(waiting, wren, tunde, as_person):
    for person in (wren, tunde, factories.UserFactory()):
        assert as_person(person).get(PATH).status_code == 404
        assert as_person(person).post(ask(waiting), {"person": str(tunde.public_id)}).status_code == 404


def test_somebody_who_hears_of_nothing_asks_nobody(waiting, tunde):
    with pytest.raises(NotAllowed):
        ask_to_look(tunde, followup=waiting, person=tunde)


def test_an_admin_sees_no_pair_that_somebody_coordinates(admin, group, as_person):
    programme = factories.GroupFactory(kind="programme", name="Open door")
    coordinator = factories.FacilitatorFactory(group=programme).user
    mentor, mentee = two.mentor(programme), two.mentee(programme)
    followup = wait(about=mentee.user, group=two.pair(programme, mentor, mentee))

    with time_machine.travel(LATE, tick=True):
        assert as_person(admin).post(ask(followup), {}).status_code == 404
        assert "Open door" not in text(as_person(admin).get(PATH))
        assert "A pair in Open door" in text(as_person(coordinator).get(PATH))


# -- what it says -------------------------------------------------------------------------------
def test_it_says_where_and_since_when_and_never_who(waiting, admin, as_person):
    page = text(as_person(admin).get(PATH))

    assert "Evenings with anxiety" in page
    assert "Monday 23 November, 10:00 am" in page
    assert "Marisol, Tunde" in page
    assert "Everybody who runs the group: not told yet, because the clock of this server stands still" in page
    assert "Wren" not in page
    assert "very hard" not in page.lower()


def test_it_says_who_was_told_when(waiting, admin, as_person):
    escalations.escalate()

    page = text(as_person(admin).get(PATH))
    assert "Everybody who runs the group: told Monday 23 November, 1:00 pm" in page


def test_what_somebody_looked_at_is_gone(waiting, marisol, admin, as_person):
    see_followup(marisol, followup=waiting)

    assert "Nothing, right now" in text(as_person(admin).get(PATH))


def test_before_its_time_nothing_waits(wren, group, admin, as_person):
    wait(about=wren, group=group, moment=LATE)

    with time_machine.travel(LATE + timedelta(minutes=119), tick=False):
        assert "Nothing, right now" in text(as_person(admin).get(PATH))


def test_the_overview_begins_with_it(waiting, admin, as_person):
    page = as_person(admin).get("/manage/")

    assert page.context["needs"][0].title == "Something waits unseen in 1 group"
    assert "Wren" not in text(page)


# -- asking somebody else -----------------------------------------------------------------------
def test_somebody_else_is_asked_and_told_at_once(waiting, admin, tunde, as_person):
    answer = as_person(admin).post(ask(waiting), {"person": str(tunde.public_id)}, follow=True)

    assert "Asked. They are told now." in text(answer)
    assert Notice.objects.get(user=tunde).topic == "followup.urgent"
    entry = AuditEntry.objects.get(action="followup.pass_on")
    assert (entry.actor, entry.about, entry.object_id) == (admin, None, str(waiting.group.public_id))


def test_asking_twice_within_the_hour_tells_once(waiting, admin, lead):
    ask_to_look(admin, followup=waiting, person=lead)
    ask_to_look(admin, followup=waiting, person=lead)

    assert Notice.objects.filter(user=lead).count() == 1


@pytest.mark.parametrize("person", ["", "nobody"])
def test_without_a_name_it_asks_for_one(waiting, admin, as_person, person):
    answer = as_person(admin).post(ask(waiting), {"person": person})

    assert answer.status_code == 422
    assert ("Choose somebody" if not person else "Choose somebody from the list") in text(answer)


def test_nobody_outside_is_asked(waiting, admin, wren):
    for person in (wren, admin, factories.FacilitatorFactory().user):
        with pytest.raises(CannotLook):
            ask_to_look(admin, followup=waiting, person=person)


def test_what_somebody_looked_at_meanwhile_is_not_asked_for(waiting, admin, marisol, tunde, as_person):
    see_followup(marisol, followup=waiting)

    with pytest.raises(NoLongerWaits):
        ask_to_look(admin, followup=waiting, person=tunde)
    answer = as_person(admin).post(ask(waiting), {"person": str(tunde.public_id)}, follow=True)
    assert "Somebody has looked meanwhile" in text(answer)


def test_where_nobody_could_be_asked_it_says_what_to_do(waiting, group, admin, as_person):
    group.memberships.filter(role="facilitator").update(role="member")

    page = text(as_person(admin).get(PATH))
    assert "find somebody to run this group, or a safety lead" in page
    assert as_person(admin).post(ask(waiting), {"person": "x"}).status_code == 422


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_the_same_for_one_and_for_thirty(waiting, group, lead, as_person, count, django_assert_num_queries):
    for number in range(count - 1):
        member = factories.MembershipFactory(group=group).user
        wait(about=member, group=group, key=f"hard {number}")
    assert FollowUp.objects.waiting_unseen().count() == count
    browser = as_person(lead)

    with django_assert_num_queries(8):
        assert browser.get(PATH).status_code == 200
