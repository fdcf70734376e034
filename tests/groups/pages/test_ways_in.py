"""The pages of asking in each state: open groups, visits, changes, moves, talks and suggestions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.models import Group, Membership, WelcomeTalk
from groups.services import ask_to_join
from groups.services.linking import link_token
from people.sealed import seal
from tests.factories import (
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    TermFactory,
    UserFactory,
    WelcomeTalkFactory,
)
from tests.groups.pages.world import REQUEST, at, said

pytestmark = pytest.mark.django_db


def agree(browser, group):
    return browser.post(at("ask", group), {"agree": "on", "version": group.agreement.version})


def ask(user, group, **more):
    return ask_to_join(user, group=group, agreement=group.agreement, alias="Wren", **more)


# -- open groups -------------------------------------------------------------------------------------
def test_an_open_group_is_joined_without_words_or_an_answer(as_person, group):
    Group.objects.update(intake="open")
    browser = as_person(UserFactory())
    agree(browser, group)
    page = said(browser.get(at("ask-name", group)))
    assert ('name="words"' in page, 'name="answer"' in page, "Come along" in page) == (False, False, True)

    response = browser.post(at("ask-name", group), {"alias": "Wren", "adult": "on"}, follow=True)

    assert Membership.objects.get(alias="Wren").state == "active"
    assert "You belong here now." in said(response)


def test_a_full_open_group_says_that_there_is_a_line(client, group):
    Group.objects.update(intake="open", capacity=1)
    MembershipFactory(group=group)

    assert "Stand in line" in said(client.get(at("detail", group)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"intake": "request"}, "Ask to join"),
        ({"intake": "open"}, "Come along"),
        ({"intake": "invitation"}, "By invitation"),
        ({"intake": "closed"}, "Nobody new at the moment"),
        ({"intake": "closed", "opens_again_on": "2099-01-07"}, "It takes people again from Wednesday 7 January."),
        ({"allows_visits": True}, "You can come once and see, and decide after."),
        ({"offers_talk": True}, "They may offer a short talk first."),
    ],
)
def test_the_page_of_a_group_says_how_people_come_in(client, group, change, words):
    assert (words in said(client.get(at("detail", group)))) == (change == {"intake": "request"})
    Group.objects.update(**change)

    assert words in said(client.get(at("detail", group)))


def test_a_shut_group_names_others_like_it_that_this_person_could_come_to(client, as_person, group):
    topic, person = TermFactory(), UserFactory()
    group.terms.add(topic)
    names = ("With room", "Full", "By invitation", "Not for them", "Theirs already")
    others = {name: GroupFactory(name=name, capacity=1) for name in names}
    for other in others.values():
        other.terms.add(topic)
    GroupFactory(name="Something else")
    MembershipFactory(group=others["Full"])
    Group.objects.filter(name="By invitation").update(intake="invitation")
    MembershipFactory(group=others["Not for them"], user=person, state="blocked", joined_at=None)
    RequestFactory(group=others["Theirs already"], user=person)
    Group.objects.filter(pk=group.pk).update(intake="closed")

    anybodys, theirs = (said(browser.get(at("ask", group))) for browser in (client, as_person(person)))

    shown = [[name for name in (*names, "Something else") if f">{name}</a>" in page] for page in (anybodys, theirs)]
    assert shown == [["With room", "Not for them", "Theirs already"], ["With room"]]


def test_a_day_of_opening_that_is_over_is_not_shown(client, group):
    Group.objects.update(intake="closed", opens_again_on=group.today)
    pages = [said(client.get(url)) for url in (at("detail", group), at("ask", group), "/groups/")]
    assert not any("akes people again from" in page for page in pages)
    Group.objects.update(opens_again_on=group.today + timedelta(days=1))

    pages = [said(client.get(url)) for url in (at("detail", group), at("ask", group), "/groups/")]

    assert all("akes people again from" in page for page in pages)


def test_a_group_by_invitation_is_asked_with_its_link_alone(as_person, group, facilitator):
    Group.objects.update(intake="invitation", listed=False)
    group.refresh_from_db()
    link = services.make_link(facilitator.user, group=group)
    browser = as_person(UserFactory())
    assert browser.get(at("ask", group)).status_code == 404

    browser.post(f"/come/{link_token(link)}/")
    agree(browser, group)
    response = browser.post(at("ask-name", group), REQUEST)

    assert (response.status_code, Membership.objects.requested().count()) == (302, 1)


# -- who must pass things on ----------------------------------------------------------------------------
def test_the_limits_say_who_has_to_pass_certain_things_on(client, group, facilitator):
    assert "Who has to pass certain things on" not in said(client.get(at("ask", group)))
    Membership.objects.filter(pk=facilitator.pk).update(duty="Works in a school, so harm to a child.")

    page = said(client.get(at("ask", group)))

    assert "Who has to pass certain things on" in page
    assert "<strong>Marisol</strong>: Works in a school, so harm to a child." in page


# -- changing ---------------------------------------------------------------------------------------------
def test_a_request_that_is_nobodys_cannot_be_changed(as_person, group):
    assert as_person(UserFactory()).get(at("ask-change", group)).status_code == 404


def test_changing_says_what_to_fix_and_keeps_what_was_typed(as_person, group):
    asked = RequestFactory(group=group)
    sent = {"alias": "marisol", "words": "Evenings are hard.", "answer": "mail"}

    response = as_person(asked.user).post(at("ask-change", group), sent)

    page = said(response)
    assert (response.status_code, "Evenings are hard." in page) == (422, True)
    assert "Somebody in this group has this name. Choose another" in page


def test_a_request_is_changed(as_person, group):
    user = UserFactory()
    asked = ask(user, group, words="Evenings are hard.")
    browser = as_person(user)
    assert "Evenings are hard." in said(browser.get(at("ask-change", group)))

    response = browser.post(
        at("ask-change", group), {"alias": "Robin", "words": "I would rather listen.", "answer": "site"}, follow=True
    )

    asked.refresh_from_db()
    assert (asked.alias, asked.by_mail, "I would rather listen." in said(response)) == ("Robin", False, True)


def test_an_answered_request_is_not_changed(as_person, group):
    seat = MembershipFactory(group=group)

    assert as_person(seat.user).get(at("ask-change", group)).url == at("ask-sent", group)


# -- instead of another group --------------------------------------------------------------------------------
def test_only_groups_somebody_belongs_to_as_a_member_can_be_left_for_this_one(as_person, group):
    user = UserFactory()
    mine = MembershipFactory(user=user, group__name="Loss")
    FacilitatorFactory(user=user, group__name="Mine to run")
    RequestFactory(user=user, group__name="Asked")
    MembershipFactory(group__name="Of others")
    browser = as_person(user)
    agree(browser, group)
    page = said(browser.get(at("ask-name", group)))
    assert "Come here instead of Loss" in page
    assert page.count("Come here instead of") == 1

    browser.post(at("ask-name", group), REQUEST | {"instead_of": str(mine.public_id)})

    assert Membership.objects.requested().get(user=user, group=group).instead_of == mine


def test_two_groups_at_once_are_not_left(as_person, group):
    user = UserFactory()
    places = MembershipFactory.create_batch(2, user=user)
    browser = as_person(user)
    agree(browser, group)

    response = browser.post(at("ask-name", group), REQUEST | {"instead_of": [str(p.public_id) for p in places]})

    assert response.status_code == 422
    assert "Choose one group at most." in said(response)


@pytest.mark.parametrize("wrong", ["x", "0b7f9a52-3a8e-4d3e-9d0c-0f0f0f0f0f0f"])
def test_a_place_that_is_none_is_sent_back(as_person, group, wrong):
    user = MembershipFactory().user
    browser = as_person(user)
    agree(browser, group)

    assert browser.post(at("ask-name", group), REQUEST | {"instead_of": wrong}).status_code == 422


def test_facilitators_do_not_see_what_would_be_left(as_person, group, facilitator):
    old = MembershipFactory(group__name="Loss")
    asked = ask(old.user, group, instead_of=old)

    assert (
        "Loss" not in said(as_person(facilitator.user).get(at("request", group, asked.public_id))).split("<select")[0]
    )
    assert "Loss" in said(as_person(old.user).get(at("ask-sent", group)))


# -- visits --------------------------------------------------------------------------------------------------
def test_a_visit_is_offered_only_where_the_group_has_one(as_person, group):
    browser = as_person(UserFactory())
    agree(browser, group)
    assert "come once and see first" not in said(browser.get(at("ask-name", group)))
    Group.objects.update(allows_visits=True)
    assert "come once and see first" in said(browser.get(at("ask-name", group)))

    browser.post(at("ask-name", group), REQUEST | {"visit_wanted": "on"})

    assert Membership.objects.requested().get().visit_wanted is True


def test_a_facilitator_lets_somebody_visit(as_person, group, facilitator):
    Group.objects.update(allows_visits=True)
    asked = RequestFactory(group=group, visit_wanted=True)
    browser, url = as_person(facilitator.user), at("request", group, asked.public_id)
    assert "Would like to come once and see" in said(browser.get(url))

    browser.post(url, {"decision": "visit", "seen": "requested"})

    asked.refresh_from_db()
    assert asked.state == "visiting"
    assert "comes once to see" in said(browser.get(url))


def test_who_comes_once_reads_how_it_goes_and_can_ask_to_stay(as_person, group):
    coming = RequestFactory(group=group, state="visiting")
    browser = as_person(coming.user)
    assert "Choose one session." in said(browser.get(at("ask-sent", group)))

    response = browser.post(at("ask-stay", group), follow=True)

    assert "Your request is with Marisol" in said(response)


def test_who_would_rather_not_come_takes_the_visit_back(as_person, group):
    coming = RequestFactory(group=group, state="visiting")

    as_person(coming.user).post(at("ask-withdraw", group))

    coming.refresh_from_db()
    assert coming.state == "left"


def test_who_came_once_asks_without_reading_everything_again(as_person, group):
    Group.objects.update(allows_visits=True, listed=False)
    user = UserFactory()
    came = RequestFactory(group=group, user=user, alias="Wren", state="visiting")
    group.agreement.acceptances.create(user=user)
    services.end_visit(None, membership=came)
    browser = as_person(user)
    assert "You came once" in said(browser.get(at("ask-sent", group)))
    assert browser.get(at("ask", group)).url == at("ask-name", group)
    page = said(browser.get(at("ask-name", group)))
    assert ('value="Wren"' in page, "come once and see first" in page) == (True, False)

    browser.post(at("ask-name", group), REQUEST)

    assert Membership.objects.requested().filter(user=user).count() == 1


# -- a suggestion ------------------------------------------------------------------------------------------------
def test_not_this_group_can_name_another(as_person, group, facilitator):
    asked, other = RequestFactory(group=group), GroupFactory(name="Loss", slug="slow-tide")
    sent = {"decision": "decline", "seen": "requested", "suggestion": other.slug}

    as_person(facilitator.user).post(at("request", group, asked.public_id), sent)

    page = said(as_person(asked.user).get(at("ask-sent", group)))
    assert ("They suggest this one" in page, other.get_absolute_url() in page) == (True, True)


def test_a_suggestion_that_is_none_is_sent_back(as_person, group, facilitator):
    asked, hidden = RequestFactory(group=group), GroupFactory(listed=False)
    sent = {"decision": "decline", "seen": "requested", "suggestion": hidden.slug}

    response = as_person(facilitator.user).post(at("request", group, asked.public_id), sent)

    asked.refresh_from_db()
    assert (response.status_code, asked.state) == (422, "requested")
    assert "That group takes nobody new at the moment." in said(response)


# -- talks ---------------------------------------------------------------------------------------------------------
TALK = {"day": "2099-01-07", "clock": "19:00", "how": "By phone, I call you"}


@pytest.fixture
def talking(group):
    Group.objects.update(offers_talk=True)
    return RequestFactory(group=group, alias="Robin")


def test_a_talk_is_offered_by_those_who_run_the_group_alone(as_person, group, talking):
    for stranger in (UserFactory(), talking.user, MembershipFactory(group=group).user, FacilitatorFactory().user):
        assert as_person(stranger).post(at("talk", group, talking.public_id), TALK).status_code == 404

    assert not WelcomeTalk.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "2020-01-07"}, "Choose a time that is still to come"),
        ({"day": "soon"}, "Write the day like 2027-01-05"),
        ({"clock": ""}, "Choose a time"),
        ({"day": "2099-03-29", "clock": "01:30"}, "The clocks go forward then"),
        ({"how": ""}, "Say how you talk"),
        ({"seen": "x"}, "Open the page again"),
    ],
)
def test_a_talk_that_cannot_be_is_sent_back_whole(as_person, group, facilitator, talking, wrong, words):
    sent = TALK | wrong

    response = as_person(facilitator.user).post(at("talk", group, talking.public_id), sent)

    page = said(response)
    assert (response.status_code, words in page, f'value="{sent["how"]}"' in page or not sent["how"]) == (
        422,
        True,
        True,
    )
    assert not WelcomeTalk.objects.exists()


def test_a_talk_is_offered_on_the_facilitators_own_clock(as_person, group, facilitator, talking):
    facilitator.user.time_zone = "America/New_York"
    facilitator.user.save()

    as_person(facilitator.user).post(at("talk", group, talking.public_id), TALK)

    talk = WelcomeTalk.objects.get()
    assert talk.at.isoformat() == "2099-01-08T00:00:00+00:00"
    assert "By phone, I call you" in said(as_person(talking.user).get(at("ask-sent", group)))


def test_the_second_who_offers_is_told(as_person, group, facilitator, talking):
    WelcomeTalkFactory(membership=talking, offered_by=facilitator.user)
    colleague = FacilitatorFactory(group=group).user

    response = as_person(colleague).post(at("talk", group, talking.public_id), TALK)

    assert response.status_code == 422
    assert "Somebody else has offered a talk" in said(response)


@pytest.mark.parametrize(("answer", "state"), [("yes", "agreed"), ("no", "declined")])
def test_the_person_answers_and_the_request_stays(as_person, group, talking, answer, state):
    talk = WelcomeTalkFactory(membership=talking)
    sent = {"answer": answer, "seen": talk.at.isoformat()}

    response = as_person(talking.user).post(at("talk-answer", group), sent, follow=True)

    assert (WelcomeTalk.objects.get().state, response.status_code) == (state, 200)
    assert "Your request is with Marisol" in said(response)


@pytest.mark.parametrize("sent", [{}, {"answer": "yes"}, {"answer": "yes", "seen": "x"}, {"answer": "eat"}])
def test_an_answer_that_is_none_changes_nothing(as_person, group, talking, sent):
    WelcomeTalkFactory(membership=talking)

    response = as_person(talking.user).post(at("talk-answer", group), sent)

    assert (response.status_code, WelcomeTalk.objects.get().state) == (302, "offered")


def test_a_time_that_is_over_is_marked_and_not_answered(as_person, group, facilitator, talking):
    talk = WelcomeTalkFactory(membership=talking, at=timezone.now() - timedelta(hours=1))
    seal(talk, "how", "By phone", owner=talking.user)
    talk.save()
    assert "This time is over." in said(as_person(talking.user).get(at("ask-sent", group)))
    browser = as_person(facilitator.user)
    assert "We have talked" in said(browser.get(at("request", group, talking.public_id)))

    browser.post(at("talk-held", group, talking.public_id))

    assert WelcomeTalk.objects.get().state == "held"
