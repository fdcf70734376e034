"""The pages of groups, as each kind of reader meets them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups import services
from groups.models import Group, Membership
from people.models import AuditEntry, Consent, Organisation
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
REQUEST = {"alias": "Wren", "answer": "mail", "adult": "on"}


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def group(organisation):
    CrisisLineFactory()
    group = GroupFactory(name="Evenings with anxiety", slug="quiet-harbour")
    AgreementFactory(group=group)
    FacilitatorFactory(group=group, alias="Marisol")
    return group


@pytest.fixture
def facilitator(group):
    return group.memberships.facilitators().get()


def at(name, group, *more):
    return reverse(f"groups:{name}", args=[group.slug, *more])


def said(response):
    return response.content.decode()


# -- the directory ----------------------------------------------------------------------------------
def names_on(response):
    return [card["group"].name for card in response.context["cards"]]


def test_directory_shows_listed_open_groups_by_name(client, organisation):
    for name in ("walking", "Bipolar, out loud", "Anxiety"):
        GroupFactory(name=name)
    GroupFactory(name="Secret", listed=False)
    GroupFactory(name="Draft", state="draft", opened_at=None)

    assert names_on(client.get("/groups/")) == ["Anxiety", "Bipolar, out loud", "walking"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "grief"}, ["Loss"]),
        ({"q": "GRIEF kind"}, ["Loss"]),
        ({"q": "grief anxiety"}, []),
        ({"q": "quay"}, ["Walk"]),
        ({"where": "online"}, ["Calm", "Loss", "Talk"]),
        ({"where": "in_person"}, ["Talk", "Walk"]),
        ({"where": ["online", "in_person"]}, ["Calm", "Loss", "Talk", "Walk"]),
        ({"room": "on"}, ["Calm", "Walk"]),
        ({"where": "moon", "page": "x", "q": "a" * 300}, ["Calm", "Loss", "Talk", "Walk"]),
        ({"page": "99999"}, ["Calm", "Loss", "Talk", "Walk"]),
    ],
)
def test_directory_finds(client, organisation, query, found):
    GroupFactory(name="Calm", capacity=None)
    full = GroupFactory(name="Loss", purpose="Grief of any kind.", capacity=1)
    MembershipFactory(group=full)
    GroupFactory(name="Talk", format="hybrid", intake="closed")
    GroupFactory(name="Walk", format="in_person", place="Quay Hall", capacity=2)

    assert names_on(client.get("/groups/", query)) == found


def test_directory_says_in_words_whether_there_is_room(client, organisation):
    full, closed = GroupFactory(name="1", capacity=1), GroupFactory(name="2", intake="closed")
    MembershipFactory(group=full)
    GroupFactory(name="3", capacity=1)
    GroupFactory(name="4", capacity=None)

    page = said(client.get("/groups/"))

    words = ["Full, waitlist open", "No new people now", "1 seat free", "Room for more"]
    assert [page.index(word) for word in words] == sorted(page.index(word) for word in words)
    assert closed.name in page


def test_directory_pages_do_not_repeat_or_lose_a_group(client, organisation):
    GroupFactory.create_batch(30)

    shown = [name for number in (1, 2, 3) for name in names_on(client.get("/groups/", {"page": number}))]

    assert sorted(shown) == sorted(Group.objects.values_list("name", flat=True))
    assert names_on(client.get("/groups/", {"page": 4})) == names_on(client.get("/groups/", {"page": 3}))


def test_directory_keeps_what_was_looked_for_on_the_next_page(client, organisation):
    GroupFactory.create_batch(13, purpose="Grief of any kind.")

    page = said(client.get("/groups/", {"q": "grief", "where": "online"}))

    assert "?q=grief&amp;where=online&amp;page=2" in page
    assert 'value="grief"' in page


@pytest.mark.parametrize("number", [1, 30])
def test_directory_asks_the_same_few_questions(client, organisation, django_assert_num_queries, number):
    CrisisLineFactory()
    for made in GroupFactory.create_batch(number):
        MembershipFactory(group=made)
        SessionFactory(group=made)

    with django_assert_num_queries(5):  # how many, the groups, their next meetings, organisation, help lines
        client.get("/groups/")


def test_empty_directory_offers_a_next_step(client, organisation):
    assert "No groups yet" in said(client.get("/groups/"))
    assert "No groups match" in said(client.get("/groups/", {"q": "zzz"}))


# -- a group's page -----------------------------------------------------------------------------------
@pytest.mark.parametrize("hidden", [{"listed": False}, {"state": "draft", "opened_at": None}], ids=str)
def test_a_hidden_group_does_not_exist_for_strangers(client, as_person, group, hidden):
    Group.objects.update(**hidden)

    for browser in (client, as_person(UserFactory()), as_person(SafetyLeadFactory())):
        for name in ("detail", "ask", "agreement", "members", "leave", "settings", "ask-sent"):
            response = browser.get(at(name, group))
            assert response.status_code == 404 or response.url.startswith("/accounts/login/")


def test_a_visitor_sees_neither_members_nor_the_door(client, group, facilitator):
    MembershipFactory(group=group, alias="Saoirse")
    services.set_door(facilitator.user, group=group, url="https://meet.jit.si/secret-room")

    page = said(client.get(at("detail", group)))

    assert ("Marisol" in page, "Saoirse" in page, "jit.si" in page, facilitator.user.email in page) == (
        True,
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (None, "Ask to join"),
        ({"state": "requested", "joined_at": None}, "Your request is with the facilitators"),
        ({"state": "waitlisted", "joined_at": None, "queued_at": timezone.now()}, "You are on the waitlist"),
        ({"state": "invited", "joined_at": None}, "You are invited"),
        ({"state": "active"}, "You belong here"),
        ({"state": "blocked", "joined_at": None}, "Nobody new at the moment"),
        ({"state": "left", "ended_at": timezone.now()}, "Ask to join"),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else None,
)
def test_the_group_page_says_where_somebody_stands(as_person, group, held, words):
    user = MembershipFactory(group=group, **held).user if held else UserFactory()

    page = said(as_person(user).get(at("detail", group)))

    every = {"Ask to join", "Your request is with", "You are on the waitlist", "You are invited", "You belong here"}
    assert words in page
    assert [other for other in every if other in page and not words.startswith(other)] == []


# -- asking -------------------------------------------------------------------------------------------
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


def test_nothing_is_ticked_beforehand(as_person, client, group):
    browser = as_person(UserFactory())

    assert " checked" not in said(client.get(at("ask", group)))
    agree(browser, group)
    assert " checked" not in said(browser.get(at("ask-name", group)))


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

    assert "All seats are taken. You can ask all the same" in said(client.get(at("ask", group)))


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


# -- belonging ------------------------------------------------------------------------------------------
def test_members_are_seen_by_members_who_agreed(as_person, group, facilitator):
    seat = MembershipFactory(group=group, alias="Saoirse")
    RequestFactory(group=group, alias="Asker")
    assert as_person(UserFactory()).get(at("members", group)).status_code == 404
    assert as_person(AdminFactory()).get(at("members", group)).status_code == 404
    assert as_person(seat.user).get(at("members", group)).url == at("agreement", group)
    AcceptanceFactory(agreement=group.agreement, user=seat.user)

    members, facilitators = (said(as_person(u).get(at("members", group))) for u in (seat.user, facilitator.user))

    assert ("Saoirse" in members, "Asker" in members, seat.user.email in members) == (True, False, False)
    assert ("Asker" in facilitators, "Asking to join" in facilitators) == (True, True)


@pytest.mark.parametrize("number", [1, 30])
def test_members_page_asks_the_same_few_questions(as_person, group, facilitator, django_assert_num_queries, number):
    MembershipFactory.create_batch(number, group=group)
    browser = as_person(facilitator.user)

    with django_assert_num_queries(9):
        browser.get(at("members", group))


def test_affirming_the_agreement_opens_the_members_list(as_person, group):
    seat = MembershipFactory(group=group)
    browser = as_person(seat.user)
    assert browser.post(at("agreement", group), {"version": 1}).status_code == 422

    assert browser.post(at("agreement", group), {"agree": "on", "version": 1}).url == at("detail", group)
    assert browser.get(at("members", group)).status_code == 200


def test_a_new_version_marks_what_changed(as_person, group):
    seat = MembershipFactory(group=group)
    AcceptanceFactory(agreement=group.agreement, user=seat.user)
    kept = group.agreement.sections[0]
    AgreementFactory(group=group, version=2, sections=[kept, {"promise": "We turn phones off.", "meaning": ""}])

    response = as_person(seat.user).get(at("agreement", group))

    assert [s["changed"] for s in response.context["sections"]] == [False, True]
    assert "has changed since you said yes" in said(response)


def test_leaving_takes_two_steps_and_no_reason(as_person, group):
    seat = MembershipFactory(group=group)
    browser = as_person(seat.user)
    assert "You do not have to say why." in said(browser.get(at("leave", group)))
    seat.refresh_from_db()
    assert seat.state == "active"

    response = browser.post(at("leave", group), follow=True)

    seat.refresh_from_db()
    assert (seat.state, "You are welcome back any time." in said(response)) == ("left", True)
    assert browser.post(at("leave", group)).status_code == 404


def test_the_last_facilitator_is_told_why_they_cannot_leave(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("leave", group))

    assert response.status_code == 422
    assert "You are the only facilitator." in said(response)


def test_nobody_leaves_for_somebody_else(as_person, group):
    assert as_person(UserFactory()).post(at("leave", group)).status_code == 404
    assert as_person(RequestFactory(group=group).user).post(at("leave", group)).status_code == 404


def test_my_groups_are_mine(as_person, group, facilitator):
    GroupFactory(name="Somebody else's")
    RequestFactory(group=group)

    running = said(as_person(facilitator.user).get("/groups/mine/"))
    nothing = said(as_person(UserFactory()).get("/groups/mine/"))

    assert ("1 asking to join" in running, "Somebody else" in running) == (True, False)
    assert "You are not in a group yet" in nothing


# -- running -------------------------------------------------------------------------------------------
@pytest.fixture
def asked(group):
    user = UserFactory()
    return services.ask_to_join(
        user, group=group, agreement=group.agreement, alias="Robin", words="I would rather listen."
    )


def test_a_request_is_not_there_for_anybody_else(as_person, group, asked):
    url = at("request", group, asked.public_id)
    strangers = [
        AdminFactory(),
        SafetyLeadFactory(),
        asked.user,
        MembershipFactory(group=group).user,
        FacilitatorFactory().user,
    ]

    for stranger in strangers:
        assert as_person(stranger).get(url).status_code == 404
        assert as_person(stranger).post(url, {"decision": "accept", "seen": "requested"}).status_code == 404

    asked.refresh_from_db()
    assert asked.state == "requested"
    assert not AuditEntry.objects.filter(action="membership.read").exists()


def test_a_request_is_not_there_under_another_group(as_person, group, facilitator, asked):
    other = FacilitatorFactory(user=facilitator.user)

    assert as_person(facilitator.user).get(at("request", other.group, asked.public_id)).status_code == 404


def test_a_facilitator_reads_and_lets_somebody_in(as_person, group, facilitator, asked):
    browser, url = as_person(facilitator.user), at("request", group, asked.public_id)
    assert "I would rather listen." in said(browser.get(url))

    response = browser.post(url, {"decision": "accept", "seen": "requested"})

    asked.refresh_from_db()
    assert (asked.state, response.url) == ("active", reverse("home:workspace", args=[group.slug]))


@pytest.mark.parametrize(
    ("first", "stands"),
    [
        (services.waitlist_request, "Marisol has put this request on the waitlist."),
        (services.accept_request, "Marisol has let this person in."),
    ],
)
def test_the_second_facilitator_is_told_what_stands(as_person, group, facilitator, asked, first, stands):
    first(facilitator.user, membership=asked)
    browser = as_person(FacilitatorFactory(group=group).user)

    response = browser.post(at("request", group, asked.public_id), {"decision": "decline", "seen": "requested"})

    assert response.status_code == 422
    assert stands in said(response)


def test_a_full_group_refuses_in_words(as_person, group, facilitator, asked):
    Group.objects.update(capacity=1)
    MembershipFactory(group=group)

    response = as_person(facilitator.user).post(
        at("request", group, asked.public_id), {"decision": "accept", "seen": "requested"}
    )

    assert response.status_code == 422
    assert "Every place is taken." in said(response)


@pytest.mark.parametrize("sent", [{}, {"decision": "eat", "seen": "requested"}, {"decision": "accept"}])
def test_an_answer_that_is_none_changes_nothing(as_person, group, facilitator, asked, sent):
    response = as_person(facilitator.user).post(at("request", group, asked.public_id), sent)

    asked.refresh_from_db()
    assert (response.status_code, asked.state) == (422, "requested")


@pytest.mark.parametrize("name", ["settings", "door", "open", "agreement-edit"])
def test_looking_after_a_group_is_for_its_facilitators_and_admins(client, as_person, group, facilitator, name):
    assert client.get(at(name, group)).url.startswith("/accounts/login/")
    for stranger in (UserFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user):
        assert as_person(stranger).get(at(name, group)).status_code == 404
        assert as_person(stranger).post(at(name, group)).status_code == 404
    for person in (facilitator.user, AdminFactory()):
        assert as_person(person).get(at(name, group)).status_code == 200


SETTINGS = {
    "name": "Evenings",
    "purpose": "For anyone.",
    "format": "online",
    "language": "English",
    "intake": "request",
    "capacity": "8",
    "adults_only": "on",
    "listed": "on",
    "time_zone": "Europe/London",
}


def test_settings_are_saved(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("settings", group), SETTINGS)

    group.refresh_from_db()
    assert (response.status_code, group.name, group.capacity) == (302, "Evenings", 8)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Give the group a name"),
        ({"name": "LOSS"}, "Another group has this name. Choose one that tells them apart"),
        ({"capacity": "ten"}, "Write the number of places in figures, like 10"),
        ({"format": "in_person"}, "Say in which place or part of town people meet"),
        ({"time_zone": "Mars"}, "Select a valid choice"),
    ],
)
def test_settings_say_what_to_fix_and_keep_what_was_typed(as_person, group, facilitator, wrong, words):
    GroupFactory(name="Loss")

    response = as_person(facilitator.user).post(at("settings", group), SETTINGS | {"about": "Tea first."} | wrong)

    assert response.status_code == 422
    assert (words in said(response), "Tea first." in said(response)) == (True, True)
    group.refresh_from_db()
    assert group.name == "Evenings with anxiety"


def test_the_door_is_never_shown_again_in_full(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    browser.post(at("door", group), {"url": "https://us02web.zoom.us/j/secret"})

    for name in ("door", "settings"):
        page = said(browser.get(at(name, group)))
        assert ("us02web.zoom.us" in page, "secret" in page) == (True, False)


def test_a_door_elsewhere_is_refused_in_words(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("door", group), {"url": "https://example.com/room"})

    assert response.status_code == 422
    assert "Give a link that starts with https:// and leads to one of:" in said(response)


def agreement_answers(browser, group):
    form = browser.get(at("agreement-edit", group)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_publishing_an_agreement_makes_the_next_version(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    answers = agreement_answers(browser, group) | {"own1_promise": "We start on time."}

    browser.post(at("agreement-edit", group), answers)

    published = group.agreement
    assert published.version == 2
    assert [s["topic"] for s in published.sections][-3:] == ["broken", "", ""]
    assert published.sections[-1] == {"topic": "", "promise": "We start on time.", "meaning": ""}


def test_an_agreement_speaks_of_every_part(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    answers = agreement_answers(browser, group) | {"limits_promise": "", "own1_meaning": "Because."}

    response = browser.post(at("agreement-edit", group), answers)

    assert response.status_code == 422
    for words in ("When something may not stay here”", "Write the promise that this explains"):
        assert words in said(response)
    assert group.agreement.version == 1


def test_opening_says_what_is_missing(as_person, group, facilitator):
    Group.objects.update(state="draft", opened_at=None)
    browser = as_person(facilitator.user)

    refused = browser.post(at("open", group))
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=facilitator.user)
    opened = browser.post(at("open", group))

    assert (refused.status_code, opened.url) == (422, at("detail", group))
    assert "An admin has to confirm the help lines" in said(refused)
    group.refresh_from_db()
    assert group.state == "open"


# -- managing -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/manage/groups/", "/manage/groups/new/", "/manage/groups/quiet-harbour/facilitators/"]
)
def test_managing_is_for_admins(client, as_person, group, facilitator, path):
    assert client.get(path).url.startswith("/accounts/login/")
    for stranger in (UserFactory(), SafetyLeadFactory(), facilitator.user):
        assert as_person(stranger).get(path).status_code == 403
        assert as_person(stranger).post(path, SETTINGS).status_code in {403, 405}
    assert as_person(AdminFactory()).get(path).status_code == 200


@pytest.mark.parametrize("number", [1, 25])
def test_manage_list_asks_the_same_few_questions(as_person, organisation, django_assert_num_queries, number):
    FacilitatorFactory.create_batch(number)
    browser = as_person(AdminFactory())

    with django_assert_num_queries(6):
        browser.get("/manage/groups/")


def test_an_admin_makes_a_group_and_gives_it_to_somebody(as_person, organisation):
    browser, person = as_person(AdminFactory()), UserFactory(display_name="Marisol")

    made = browser.post("/manage/groups/new/", SETTINGS)
    group = Group.objects.get()
    browser.post(at("appoint", group), {"person": person.pk, "alias": ""})

    assert made.url == at("open", group)
    assert group.memberships.facilitators().get().alias == "Marisol"


def test_a_taken_name_is_said_at_the_field(as_person, group):
    response = as_person(AdminFactory()).post("/manage/groups/new/", SETTINGS | {"name": "EVENINGS with anxiety"})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["Another group has this name. Choose one that tells them apart"]
    }


@pytest.mark.parametrize("sent", [{}, {"person": "x"}, {"person": "999999"}])
def test_appointing_nobody_is_refused(as_person, group, sent):
    assert as_person(AdminFactory()).post(at("appoint", group), sent).status_code == 422


@pytest.mark.logs_errors
def test_forms_are_guarded_against_other_sites(group):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(at("ask", group), {"agree": "on", "version": 1}).status_code == 403
