"""Inviting people: whom the letters go to, which are still open, and taking one back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from groups.letters import invitation_token, read_token
from groups.models import Invitation
from notices.models import Delivery
from people.models import AuditEntry
from tests.factories import AdminFactory, GroupFactory, InvitationFactory, SafetyLeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def admin(organisation):
    return AdminFactory(display_name="Priya", email="priya@example.org")


@pytest.fixture
def browser(admin, as_person):
    return as_person(admin)


def get(browser, page, /, *args, **query):
    return browser.get(reverse(f"home:{page}", args=args), query)


def post(browser, page, /, *args, **fields):
    return browser.post(reverse(f"home:{page}", args=args), fields)


@pytest.mark.parametrize("make", [UserFactory, SafetyLeadFactory])
def test_nobody_else_takes_a_letter_back(as_person, admin, make):
    letter = InvitationFactory(invited_by=admin)

    assert post(as_person(make()), "invitation-revoke", letter.public_id).status_code == 403
    letter.refresh_from_db()
    assert letter.revoked_at is None


def test_nobody_takes_a_letter_back_by_looking(browser, admin):
    assert get(browser, "invitation-revoke", InvitationFactory(invited_by=admin).public_id).status_code == 405


def test_every_address_gets_its_letter_once(browser):
    response = post(
        browser, "invite", emails="a@example.org, B@Example.org\n\na@example.org;c@example.org", role="member"
    )

    assertRedirects(response, reverse("home:invitations"))
    letters = Invitation.objects.order_by("email").values_list("email", "role")
    assert list(letters) == [(f"{name}@example.org", "member") for name in "abc"]
    assert Delivery.objects.count() == 3
    assert mail.outbox == []


def test_a_facilitator_is_invited_into_a_group(browser):
    group = GroupFactory()

    post(browser, "invite", emails="tunde@example.org", role="facilitator", group=group.slug)

    assert Invitation.objects.values_list("email", "role", "group_id").get() == (
        "tunde@example.org",
        "facilitator",
        group.pk,
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"emails": ""}, "Enter at least one e-mail address, like name@example.org"),
        ({"emails": "good@example.org\nbad\nworse@"}, "These are not whole e-mail addresses: bad, worse@"),
        ({"emails": "\n".join(f"p{n}@example.org" for n in range(51))}, "That is more than 50 addresses."),
        ({"emails": "good@example.org", "role": ""}, "Say what they will do"),
        ({"emails": "good@example.org", "role": "facilitator"}, "Choose the group they will run"),
        ({"emails": "good@example.org", "group": "no-such"}, "Choose a group from the list"),
    ],
)
def test_nobody_is_invited_until_everything_fits_and_nothing_is_lost(browser, fields, words):
    response = post(browser, "invite", **{"role": "member"} | fields)

    assertContains(response, words, count=2, status_code=422)
    for address in fields["emails"].split():
        assertContains(response, address, status_code=422)
    assert Invitation.objects.count() == 0


def test_they_see_beforehand_what_arrives(browser):
    assertContains(get(browser, "invite"), "A message for you")


def test_the_way_here_may_have_chosen_the_role_and_the_group(browser):
    group = GroupFactory(name="Evenings")

    page = get(browser, "invite", role="facilitator", group=group.slug)

    assertContains(page, f'<option value="{group.slug}" selected>Evenings</option>', html=True)
    assert page.context["form"]["role"].value() == "facilitator"


def test_open_letters_are_listed_with_what_they_open_and_until_when(browser, admin):
    group = GroupFactory(name="Evenings", created_by=admin)
    InvitationFactory(email="open@example.org", group=group, role="facilitator", invited_by=admin)
    late = timezone.now() - timedelta(days=1)
    InvitationFactory(email="late@example.org", invited_by=admin, expires_at=late)
    InvitationFactory(email="back@example.org", invited_by=admin, revoked_at=timezone.now())
    InvitationFactory(email="in@example.org", invited_by=admin, accepted_at=timezone.now(), accepted_by=UserFactory())

    page = get(browser, "invitations")

    assert [letter.email for letter in page.context["page"]] == ["open@example.org", "late@example.org"]
    assertContains(page, "Evenings")
    assertContains(page, "Facilitator")
    assertContains(page, "Ran out", count=1)
    assertContains(get(browser, "members"), "2 open invitations")


def test_without_letters_the_list_leads_to_inviting(browser):
    assertContains(get(browser, "invitations"), "No invitation is open.")
    assertNotContains(get(browser, "members"), "open invitation")


def test_a_letter_is_taken_back_and_its_link_opens_nothing(browser, admin):
    letter = InvitationFactory(invited_by=admin)
    assert read_token(invitation_token(letter)) == letter

    for _click in range(2):
        page = browser.post(reverse("home:invitation-revoke", args=[letter.public_id]), follow=True)
        assertContains(page, "Taken back. The link in that message opens nothing now.")
    assert read_token(invitation_token(letter)) is None
    assert AuditEntry.objects.filter(action="invitation.revoke").count() == 1


def test_who_came_in_first_is_not_taken_back(browser, admin):
    person = UserFactory()
    letter = InvitationFactory(invited_by=admin, accepted_at=timezone.now(), accepted_by=person)

    page = browser.post(reverse("home:invitation-revoke", args=[letter.public_id]), follow=True)

    assertContains(page, "They came in before you took it back.")
    letter.refresh_from_db()
    assert letter.revoked_at is None


@pytest.mark.parametrize("letters", [1, 30])
def test_the_list_asks_the_same_for_one_and_for_thirty(browser, admin, letters, django_assert_num_queries):
    group = GroupFactory(created_by=admin)
    InvitationFactory.create_batch(letters, invited_by=admin, group=group)
    get(browser, "invitations")

    with django_assert_num_queries(6):
        get(browser, "invitations")
