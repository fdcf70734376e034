"""Asking."""

import re

import pytest
from django.utils import timezone

from groups import services
from groups.models import Group, Membership
from people.consents import HELLO
from people.models import Consent, Organisation
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    RequestFactory,
    TakenBackFactory,
    UserFactory,
)
from tests.groups.pages.world import REQUEST, at, said

pytestmark = pytest.mark.django_db


def agree(browser, group):
    return browser.post(at("ask", group), {"agree": "on", "version": group.agreement.version})


def test_asking_without_an_account_leads_through_sign_in_and_remembers_the_tick(client, group, settings):
    user = UserFactory(display_name="Wren")
    assert agree(client, group).url == at("ask-name", group)
    to_sign_in = client.get(at("ask-name", group))
    assert to_sign_in.url == f"/accounts/login/?next={at('ask-name', group)}"

    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get(at("ask-name", group))

    assert page.status_code == 200
    assert 'value="Wren"' in said(page)


def test_the_first_step_needs_the_tick(client, group):
    response = client.post(at("ask", group), {"version": 1})

    assert response.status_code == 422
    assert "Tick the box if you agree." in said(response)
    assert "agreed" not in client.session


def test_the_first_step_notices_that_the_agreement_changed(client, group):
    AgreementFactory(group=group, version=2)

    response = client.post(at("ask", group), {"agree": "on", "version": 1})

    assert response.status_code == 422
    assert "The agreement has changed since you opened this page." in said(response)


def test_the_first_step_tells_the_limits_of_confidentiality_and_who_reads(client, group):
    ours = said(client.get(at("ask", group)))
    Organisation.objects.update(confidentiality_limits="If the harbour burns.\n\nTunde must pass on harm to a child.")

    theirs = said(client.get(at("ask", group)))

    assert ("The law says that we must." in ours, "Marisol read" in ours) == (True, True)
    assert ("If the harbour burns." in theirs, "The law says" in theirs) == (True, False)


def test_the_second_step_without_the_first_leads_back(as_person, group):
    browser = as_person(UserFactory())

    assert browser.get(at("ask-name", group)).url == at("ask", group)
    assert browser.post(at("ask-name", group), REQUEST).url == at("ask", group)


def test_the_second_step_leads_back_when_the_agreement_changed(as_person, group):
    browser = as_person(UserFactory())
    agree(browser, group)
    AgreementFactory(group=group, version=2)

    assert browser.post(at("ask-name", group), REQUEST).url == at("ask", group)
    assert not Membership.objects.requested().exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"alias": "wren@example.org"}, "Choose a name that is not your e-mail address"),
        ({"alias": "0113 496 0000"}, "Choose a name that is not a phone number"),
        ({"alias": "marisol"}, "Somebody in this group has this name. Choose another"),
        ({"alias": ""}, "Choose a name for this group"),
        ({"answer": ""}, "Say how we should answer"),
        ({"adult": ""}, "This group is for people who are 18 or older."),
    ],
)
def test_the_second_step_says_what_to_fix_and_keeps_what_was_typed(as_person, group, wrong, words):
    browser = as_person(UserFactory())
    agree(browser, group)

    response = browser.post(at("ask-name", group), REQUEST | {"words": "Evenings are hard."} | wrong)

    assert response.status_code == 422
    assert (words in said(response), "Evenings are hard." in said(response)) == (True, True)
    assert not Membership.objects.requested().exists()


def test_a_group_for_everybody_asks_no_age(as_person, group):
    Group.objects.update(adults_only=False)
    browser = as_person(UserFactory())
    agree(browser, group)

    assert "18 or older" not in said(browser.get(at("ask-name", group)))
    assert browser.post(at("ask-name", group), {"alias": "Wren", "answer": "site"}).url == at("ask-sent", group)


def test_asking_sends_the_request_and_says_what_happens_next(as_person, group):
    user = UserFactory()
    browser = as_person(user)
    agree(browser, group)

    response = browser.post(
        at("ask-name", group), REQUEST | {"words": "Evenings are hard.", "check_in": "on"}, follow=True
    )

    page = said(response)
    for words in ("Your request is with Marisol", "Wren", "Evenings are hard.", "Version 1", "Take my request back"):
        assert words in page
    assert Consent.objects.filter(user=user, purpose="checkins").count() == 1
    assert group.slug not in browser.session["agreed"]


def test_nothing_is_ticked_beforehand_but_a_hello(as_person, client, group):
    browser = as_person(UserFactory())

    assert " checked" not in said(client.get(at("ask", group)))
    agree(browser, group)
    assert _ticked(browser.get(at("ask-name", group))) == ["hello"]


def _ticked(response):
    return re.findall(r'<input type="checkbox" name="(\w+)"[^>]* checked', response.text)


def test_who_took_a_hello_back_finds_it_so(as_person, group):
    browser = as_person(TakenBackFactory(purpose="hello").user)
    agree(browser, group)

    assert _ticked(browser.get(at("ask-name", group))) == []


def test_a_hello_is_asked_in_words_that_belong_to_its_version(as_person, group):
    """Whoever changes them makes another version: see `people.consents`."""
    browser = as_person(UserFactory())
    agree(browser, group)

    page = said(browser.get(at("ask-name", group)))

    assert HELLO["version"] == "1"
    assert "Say hello if I miss a session" in page
    assert "Those who run the group may write to you. Two in a row at most, then we stop." in page


@pytest.mark.parametrize(("sent", "given"), [({}, 0), ({"hello": "on"}, 1)])
def test_a_hello_is_given_with_the_tick_and_with_nothing_else(as_person, group, sent, given):
    user = UserFactory()
    browser = as_person(user)
    agree(browser, group)

    assert browser.post(at("ask-name", group), REQUEST | sent).url == at("ask-sent", group)

    assert Consent.objects.filter(user=user, purpose="hello", channel="joining").count() == given
    assert not Consent.objects.filter(purpose="checkins").exists()


def test_an_unticked_hello_stays_so_where_something_has_to_be_put_right(as_person, group):
    browser = as_person(UserFactory())
    agree(browser, group)

    assert _ticked(browser.post(at("ask-name", group), REQUEST | {"alias": ""})) == ["adult"]


def test_asking_again_leads_to_the_request_that_stands(as_person, group):
    browser = as_person(RequestFactory(group=group).user)

    for name in ("ask", "ask-name"):
        assert browser.get(at(name, group)).url == at("ask-sent", group)
    assert agree(browser, group).url == at("ask-sent", group)


def test_somebody_blocked_meets_the_page_that_everybody_meets_when_it_is_closed(as_person, group):
    blocked = as_person(MembershipFactory(group=group, state="blocked", joined_at=None).user)
    theirs = said(blocked.get(at("ask", group)))
    Group.objects.update(intake="closed")

    anybodys = said(as_person(UserFactory()).get(at("ask", group)))

    assert theirs == anybodys
    assert "not taking new people at the moment" in theirs


def test_a_full_group_says_that_there_is_a_waitlist(client, group):
    Group.objects.update(capacity=1)
    MembershipFactory(group=group)

    assert "All seats are taken. You can still ask" in said(client.get(at("ask", group)))


def test_the_sent_page_is_for_people_who_asked(as_person, group):
    assert as_person(UserFactory()).get(at("ask-sent", group)).url == at("detail", group)
    assert as_person(MembershipFactory(group=group).user).get(at("ask-sent", group)).url == at("detail", group)


def test_a_declined_request_is_answered_kindly(as_person, group, facilitator):
    asked = RequestFactory(group=group)
    services.decline_request(facilitator.user, membership=asked)

    page = said(as_person(asked.user).get(at("ask-sent", group)))

    assert "That says nothing about you." in page
    assert "Take my request back" not in page


def test_taking_a_request_back_needs_a_post_and_does_no_harm_twice(as_person, group):
    asked = RequestFactory(group=group)
    browser = as_person(asked.user)

    assert browser.get(at("ask-withdraw", group)).status_code == 405
    for _click in (1, 2):
        assert browser.post(at("ask-withdraw", group)).url == at("detail", group)

    asked.refresh_from_db()
    assert asked.state == "left"


def test_nobody_takes_back_somebody_elses_request(as_person, group):
    asked = RequestFactory(group=group)

    as_person(UserFactory()).post(at("ask-withdraw", group))

    asked.refresh_from_db()
    assert asked.state == "requested"


def test_whoever_writes_reads_when_the_facilitators_read(as_person, group, facilitator):
    """R60: their hours, that writing is possible at any hour, and the way to somebody now."""
    browser = as_person(UserFactory())
    agree(browser, group)
    silent = said(browser.get(at("ask-name", group)))
    facilitator.hours = "Monday to Thursday, 10 to 4"
    facilitator.save()

    page = said(browser.get(at("ask-name", group)))

    assert "When they are there:" not in silent
    assert "Marisol, Monday to Thursday, 10 to 4." in page
    assert 'href="#help">If you need someone now' in page


def test_the_day_of_the_answer_names_its_clock(as_person, group):
    asking = RequestFactory(group=group, user=UserFactory(time_zone="America/New_York"))

    assert ", New York time. You do not have to do anything" in said(as_person(asking.user).get(at("ask-sent", group)))


@pytest.mark.parametrize(
    ("state", "words", "other"),
    [
        ("requested", "Need someone before that?", "Need someone now?"),
        ("declined", "Need someone now?", "before that?"),
    ],
)
def test_nothing_is_meanwhile_once_the_answer_is_there(as_person, group, state, words, other):
    ended = {"ended_at": timezone.now()} if state == "declined" else {}
    asking = RequestFactory(group=group, state=state, **ended)

    page = said(as_person(asking.user).get(at("ask-sent", group)))

    assert (words in page, other in page) == (True, False)
