"""The link that is passed on, from its making to asking, and the letters of those who run a group."""

import pytest
from django.utils import timezone

from groups.models import Group, GroupLink, Invitation, Membership
from groups.services.linking import link_token
from notices.models import Delivery
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    GroupLinkFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
)
from tests.groups.pages.world import REQUEST, at, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(facilitator, as_person):
    return as_person(facilitator.user)


@pytest.fixture
def hidden(group):
    """A group that stands on no list and takes people by invitation alone, and its link."""
    Group.objects.filter(pk=group.pk).update(listed=False, intake="invitation")
    group.refresh_from_db()
    return GroupLinkFactory(group=group, created_by=group.memberships.facilitators().get().user)


def come(link):
    return f"/come/{link_token(link)}/"


# -- coming by it -----------------------------------------------------------------------------------
def test_without_the_link_nobody_finds_an_unlisted_group(client, hidden):
    for name in ("detail", "ask"):
        assert client.get(at(name, hidden.group)).status_code == 404


def test_the_link_shows_the_public_facts_and_leaves_nothing(client, hidden):
    MembershipFactory(group=hidden.group, alias="Canary member")

    page = client.get(come(hidden))

    assert page.status_code == 200
    assert ("Evenings with anxiety" in said(page), "Canary member" in said(page)) == (True, False)
    assert (page["Cache-Control"], page["X-Robots-Tag"], page["Referrer-Policy"]) == (
        "no-store", "noindex", "no-referrer"
    )  # fmt: skip
    assert '<meta name="referrer" content="no-referrer">' in said(page)
    assert client.cookies.keys() == set()
    assert client.get(at("ask", hidden.group)).status_code == 404


@pytest.mark.parametrize(
    ("facts", "words"), [({}, "Come along"), ({"capacity": 1}, "Stand in line"), ({"intake": "request"}, "Ask to join")]
)
def test_behind_the_link_stands_how_people_come_in(client, hidden, facts, words):
    Group.objects.update(**{"intake": "open"} | facts)
    MembershipFactory(group=hidden.group)

    page = said(client.get(come(hidden)))

    assert [way for way in ("Come along", "Stand in line", "Ask to join") if f">{way}</button>" in page] == [words]


def test_from_the_link_somebody_asks_for_a_place(client, hidden, settings):
    group, person = hidden.group, UserFactory()

    on = client.post(come(hidden))
    agreed = client.post(at("ask", group), {"agree": "on", "version": "1"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    sent = client.post(at("ask-name", group), REQUEST)

    assert (on["Location"], agreed["Location"]) == (at("ask", group), at("ask-name", group))
    assert sent["Location"] == at("ask-sent", group)
    assert Membership.objects.get(user=person).state == "requested"


def test_taken_back_the_link_is_shut_at_once(client, hidden):
    client.post(come(hidden))
    assert client.get(at("detail", hidden.group)).status_code == 200

    GroupLink.objects.update(revoked_at=timezone.now())

    for name in ("detail", "ask"):
        assert client.get(at(name, hidden.group)).status_code == 404


def test_the_link_of_one_group_opens_no_other(client, hidden):
    other = GroupFactory(listed=False)
    client.post(come(hidden))
    session = client.session
    session["links"] = {other.slug: session["links"][hidden.group.slug]}
    session.save()

    assert client.get(at("detail", other)).status_code == 404


def test_whoever_belongs_goes_on_to_the_group(as_person, hidden):
    member = MembershipFactory(group=hidden.group)
    blocked = MembershipFactory(group=hidden.group, state="blocked", joined_at=None)

    assert as_person(member.user).get(come(hidden))["Location"] == hidden.group.get_absolute_url()
    assert as_person(blocked.user).get(come(hidden)).status_code == 200


def test_somebody_blocked_meets_the_closed_door_behind_the_link(as_person, hidden):
    seat = MembershipFactory(group=hidden.group, state="blocked", joined_at=None)
    browser = as_person(seat.user)
    browser.post(come(hidden))

    assert "Nobody new at the moment" in said(browser.get(at("ask", hidden.group)))


def test_every_link_that_does_not_open_shows_the_same_page(client, organisation):
    late = GroupLinkFactory(created_at=timezone.now() - timezone.timedelta(days=9), expires_at=timezone.now())
    back, ended = GroupLinkFactory(revoked_at=timezone.now()), GroupLinkFactory(group=GroupFactory(state="archived"))
    tokens = [link_token(late), link_token(back), link_token(ended), "made-up", link_token(late) + "x"]

    pages = [client.get(f"/come/{token}/") for token in tokens]

    assert {page.status_code for page in pages} == {404}
    assert len({said(page) for page in pages}) == 1
    assert {page["Cache-Control"] for page in pages} == {"no-store"}


# -- making it ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["link", "letters"])
def test_these_pages_are_for_those_who_run_the_group(as_person, group, name):
    for person in (UserFactory(), AdminFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user):
        assert as_person(person).get(at(name, group)).status_code == 404
        assert as_person(person).post(at(name, group), {"days": 30, "emails": "a@example.org"}).status_code == 404

    assert (GroupLink.objects.count(), Invitation.objects.count()) == (0, 0)


def test_a_facilitator_makes_a_link_and_takes_it_back(runs, group):
    assert "There is no link now." in said(runs.get(at("link", group)))

    runs.post(at("link", group), {"days": "7"})
    made = GroupLink.objects.get()
    page = runs.get(at("link", group))
    runs.post(at("link-revoke", group))

    assert f"http://localhost:8000{come(made)}" in said(page)
    assert (made.expires_at - made.created_at).days == 7
    assert "There is no link now." in said(runs.get(at("link", group)))


def test_a_time_that_is_not_offered_is_refused(runs, group):
    page = runs.post(at("link", group), {"days": "999"})

    assert page.status_code == 422
    assert page.context["form"].errors == {"days": ["Choose for how long the link works"]}


# -- letters --------------------------------------------------------------------------------------------
def test_bad_addresses_are_named_by_their_lines_and_nothing_is_sent_or_lost(runs, group):
    typed = "good@example.org\nfoo@, wren\nother@example.org"

    page = runs.post(at("letters", group), {"emails": typed})

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "emails": [
            "Line 2: “foo@” is not a whole e-mail address",
            "Line 2: “wren” is not a whole e-mail address",
        ]
    }
    assert typed in said(page)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "Enter at least one e-mail address, like name@example.org"),
        (" , ;", "Enter at least one e-mail address, like name@example.org"),
        (" ".join(f"a{n}@example.org" for n in range(21)),
         "That is more than 20 addresses. Invite some now and the others after that."),
    ],
)  # fmt: skip
def test_none_and_too_many_are_refused_with_what_to_do(runs, group, typed, answer):
    page = runs.post(at("letters", group), {"emails": typed})

    assert page.context["form"].errors == {"emails": [answer]}
    assert not Delivery.objects.exists()


def test_an_address_with_an_account_looks_like_any_other(runs, group):
    UserFactory(email="known@example.org")

    runs.post(at("letters", group), {"emails": "known@example.org unknown@example.org"})
    page = said(runs.get(at("letters", group)))

    known, unknown = (page.split(f"<h3>{name}@example.org</h3>")[1].split("</div>")[0] for name in ("known", "unknown"))
    assert known == unknown
    assert Delivery.objects.count() == 2


def test_a_letter_is_sent_again_and_taken_back(runs, group, facilitator):
    soon = timezone.now() + timezone.timedelta(days=2)
    letter = InvitationFactory(group=group, invited_by=facilitator.user, expires_at=soon)

    runs.post(at("letter-again", group, letter.public_id))
    runs.post(at("letter-revoke", group, letter.public_id))

    assert Delivery.objects.count() == 1
    assert not Invitation.objects.open().exists()


def test_letters_of_admins_and_of_other_groups_are_out_of_reach(runs, group):
    theirs = InvitationFactory(group=group)
    elsewhere = FacilitatorFactory()
    other = InvitationFactory(group=elsewhere.group, invited_by=elsewhere.user)

    assert theirs.email not in said(runs.get(at("letters", group)))
    for letter in (theirs, other):
        assert runs.post(at("letter-revoke", group, letter.public_id)).status_code == 404
        assert runs.post(at("letter-again", group, letter.public_id)).status_code == 404
    assert Invitation.objects.open().count() == 2


def test_somebody_came_in_before_the_letter_was_taken_back(runs, group, facilitator):
    letter = InvitationFactory(
        group=group, invited_by=facilitator.user, accepted_at=timezone.now(), accepted_by=UserFactory()
    )

    page = runs.post(at("letter-revoke", group, letter.public_id), follow=True)

    assert "They came in before you took it back." in said(page)


@pytest.mark.parametrize("number", [1, 30])
def test_the_letters_ask_the_same_few_questions(runs, group, facilitator, django_assert_num_queries, number):
    for _ in range(number):
        InvitationFactory(group=group, invited_by=facilitator.user)
    runs.get(at("letters", group))

    with django_assert_num_queries(QUERIES):
        runs.get(at("letters", group))


QUERIES = 8
