"""The admin's pages: numbers and roles, and never a word of anybody's."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from groups.models import Invitation
from groups.services import ask_to_join
from notes.services import write_note
from notices.models import Delivery
from people import audit
from people.models import AuditEntry, Organisation, User
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    CheckInFactory,
    CrisisLineFactory,
    DeliveryFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    ResourceFactory,
    SafetyLeadFactory,
    UserFactory,
    answer,
)

pytestmark = pytest.mark.django_db

CANARY = "the kettle sings at four"
PAGES = ["overview", "setup", "settings", "members", "invite", "invitations", "audit"]
SETTINGS = {
    "name": "Quay Hall",
    "sender": "Quay",
    "time_zone": "Europe/Lisbon",
    "signup": "invited",
    "answer_days": "3",
    "contact": "0117 496 0100",
    "hours": "Monday to Friday, 9 to 5",
    "confidentiality_limits": "If somebody could be seriously harmed.",
    "note_months": "6",
}


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def admin(organisation):
    return AdminFactory(display_name="Priya", email="priya@example.org")


@pytest.fixture
def browser(admin, as_person):
    return as_person(admin)


@pytest.fixture(params=["member", "facilitator", "safety lead"])
def stranger(request, organisation, as_person):
    make = {
        "member": UserFactory,
        "facilitator": lambda: FacilitatorFactory().user,
        "safety lead": SafetyLeadFactory,
    }
    return as_person(make[request.param]())


def get(browser, page, /, *args, **query):
    return browser.get(reverse(f"home:{page}", args=args), query)


def post(browser, page, /, *args, **fields):
    return browser.post(reverse(f"home:{page}", args=args), fields)


# -- who may not ------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
def test_somebody_signed_out_is_asked_to_sign_in(client, organisation, page):
    url = reverse(f"home:{page}")

    assertRedirects(client.get(url), f"/accounts/login/?next={url}", fetch_redirect_response=False)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_admins(stranger, page):
    assertContains(get(stranger, page), "That page is for someone else", status_code=403)


def test_nobody_else_changes_anything(stranger, admin):
    before = Organisation.objects.values().get()

    assert post(stranger, "settings", **SETTINGS).status_code == 403
    assert post(stranger, "setup").status_code == 403
    assert post(stranger, "invite", emails="guest@example.org", role="admin").status_code == 403
    assert post(stranger, "member", admin.public_id, is_safety_lead="on").status_code == 403
    assert post(stranger, "suspend", admin.public_id).status_code == 403
    assert post(stranger, "reinstate", admin.public_id).status_code == 403
    assert Organisation.objects.values().get() == before
    assert Invitation.objects.count() == 0
    assert User.objects.get(pk=admin.pk).is_active


def test_nobody_suspends_themself(browser, admin, stranger):
    assert post(browser, "suspend", admin.public_id).status_code == 403
    assert User.objects.get(pk=admin.pk).is_active


# -- overview ---------------------------------------------------------------------------------
def needs(browser):
    return [need.title for need in get(browser, "overview").context["needs"]]


def test_a_new_place_needs_its_help_lines(browser):
    assert needs(browser) == ["Set up PeerHub", "Confirm the help lines"]
    assertContains(get(browser, "overview"), "0 of 5 done")


def two_run(group):
    FacilitatorFactory.create_batch(2, group=group)
    return group


def test_nothing_needs_anybody(browser):
    CrisisLineFactory()
    two_run(GroupFactory())

    assertContains(get(browser, "overview"), "Nothing, right now.")


def test_everything_that_waits_is_named_in_numbers(browser):
    long_ago = timezone.now() - timedelta(days=91)
    CrisisLineFactory(confirmed_at=long_ago)
    CrisisLineFactory(confirmed_at=None, confirmed_by=None)
    ResourceFactory(checked_on=timezone.localdate() - timedelta(days=200))
    RequestFactory(created_at=timezone.now() - timedelta(days=3))
    DeliveryFactory(state=Delivery.State.PARKED)

    assert needs(browser) == [
        "Check the help lines again",
        "1 help line waits for a name",
        "Requests to join that wait too long: Under 5",
        "1 group has no facilitator",
        "1 resource to check",
        "Messages that could not be sent: Under 5",
    ]


def test_a_request_within_its_time_needs_nobody(browser):
    CrisisLineFactory()
    RequestFactory(group=two_run(GroupFactory()))

    assert needs(browser) == []


def test_a_group_that_hangs_on_one_person_is_named(browser):
    CrisisLineFactory()
    FacilitatorFactory(group__name="Men, talking")
    assert needs(browser) == ["“Men, talking” has one facilitator"]

    FacilitatorFactory()
    assert needs(browser) == ["2 groups have one facilitator"]


def test_five_may_be_named_and_four_may_not(browser):
    for _ in range(4):
        RequestFactory()
    assert ("Asked to join", "Under 5", "") in get(browser, "overview").context["figures"]

    RequestFactory()
    assert ("Asked to join", "5", "") in get(browser, "overview").context["figures"]


# -- setting up -------------------------------------------------------------------------------
def test_nothing_is_done_at_first(client, as_person):
    response = get(as_person(AdminFactory()), "setup")

    assert [task.done for task in response.context["tasks"]] == [False] * 5
    assertContains(response, "0 of 5 done")
    assertContains(response, "https://www.wikipedia.org")


def test_each_step_is_seen_to_be_done(browser, admin):
    assertRedirects(post(browser, "setup"), reverse("home:setup"))
    post(browser, "settings", **SETTINGS)
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=admin)
    post(browser, "invite", emails="guest@example.org", role="member")
    GroupFactory()

    assert [task.done for task in get(browser, "setup").context["tasks"]] == [True] * 5


# -- settings ---------------------------------------------------------------------------------
def test_settings_are_kept_and_recorded_without_words(browser, admin):
    GroupFactory()
    assertRedirects(post(browser, "settings", **SETTINGS), reverse("home:settings"))

    kept = Organisation.objects.values(*SETTINGS).get()
    assert {name: str(value) for name, value in kept.items()} == SETTINGS
    assert list(AuditEntry.objects.values_list("action", "actor_id", "reason")) == [
        ("organisation.change", admin.pk, ", ".join(sorted(SETTINGS)))
    ]


def test_while_setting_up_the_settings_lead_back_to_the_list(browser):
    assertRedirects(post(browser, "settings", **SETTINGS), reverse("home:setup"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Say what your organisation is called"),
        ("time_zone", "Mars/Base", "Choose a time zone from the list"),
        ("answer_days", "0", "Enter a number of days, from 1 to 30"),
        ("note_months", "25", "Enter a number of months, from 1 to 24"),
        ("note_months", "soon", "Enter a number of months, from 1 to 24"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(browser, field, value, words):
    response = post(browser, "settings", **SETTINGS | {field: value, "hours": "At noon"})

    assertContains(response, words, count=2, status_code=422)
    assertContains(response, "At noon", status_code=422)
    assert Organisation.current().hours == ""


# -- members ----------------------------------------------------------------------------------
def found(browser, **query):
    return [person.email for person in get(browser, "members", **query).context["page"]]


def test_people_are_found_by_name_or_address(browser):
    UserFactory(display_name="Wren Halloran", email="wh@example.org")
    UserFactory(display_name="Kofi", email="kofi.mensah@example.org")

    assert found(browser, q="halloran wren") == ["wh@example.org"]
    assert found(browser, q="MENSAH") == ["kofi.mensah@example.org"]
    assert found(browser, q="nobody") == []
    assertContains(get(browser, "members", q="nobody"), "Nobody like that, right now.")


def test_people_are_shown_by_role_and_whoever_is_erased_is_gone(browser):
    member, lead = UserFactory(), SafetyLeadFactory()
    facilitator = FacilitatorFactory(group=GroupFactory(created_by=User.objects.get(email="priya@example.org"))).user
    suspended = UserFactory(state="suspended", is_active=False)
    UserFactory(state="erased", is_active=False, display_name="")

    assert found(browser, role="members") == [suspended.email, member.email]
    assert found(browser, role="facilitators") == [facilitator.email]
    assert found(browser, role="leads") == [lead.email]
    assert found(browser, role="admins") == ["priya@example.org"]
    assert found(browser, role="suspended") == [suspended.email]
    assert len(found(browser, role="anything else")) == 5


def test_the_list_comes_in_pages(browser):
    UserFactory.create_batch(30)

    assert len(found(browser)) == 25
    assert len(found(browser, page="2")) == 6
    assert len(found(browser, page="999999999999")) == 6
    assertContains(get(browser, "members", role="members"), "?role=members&amp;page=2")


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_asks_the_database_the_same_questions_for_everybody(browser, people, django_assert_num_queries):
    group = GroupFactory(created_by=User.objects.get(email="priya@example.org"))
    for _ in range(people):
        MembershipFactory(group=group)
    get(browser, "members")

    with django_assert_num_queries(8):
        get(browser, "members")


def test_roles_are_given_and_taken(browser, admin):
    person = UserFactory()

    assertRedirects(
        post(browser, "member", person.public_id, is_safety_lead="on"), reverse("home:member", args=[person.public_id])
    )
    person.refresh_from_db()
    assert (person.is_admin, person.is_safety_lead) == (False, True)

    post(browser, "member", person.public_id)
    person.refresh_from_db()
    assert (person.is_admin, person.is_safety_lead) == (False, False)


def test_the_last_admin_stays(browser, admin):
    response = post(browser, "member", admin.public_id)

    assertContains(response, "This is the only admin.", status_code=422)
    assert User.objects.get(pk=admin.pk).is_admin


def test_somebody_is_suspended_and_let_in_again(browser, as_person):
    person = UserFactory()
    theirs = as_person(person)
    here = reverse("home:member", args=[person.public_id])

    assertRedirects(post(browser, "suspend", person.public_id), here)
    assertRedirects(theirs.get("/notices/"), "/accounts/login/?next=/notices/", fetch_redirect_response=False)
    assertContains(browser.get(here), "Let them in again")

    assertRedirects(post(browser, "reinstate", person.public_id), here)
    assertContains(browser.get(here), "Suspend this account")


def test_nobody_is_suspended_by_looking(browser):
    person = UserFactory()

    assert get(browser, "suspend", person.public_id).status_code == 405
    assert User.objects.get(pk=person.pk).is_active


# -- the record -------------------------------------------------------------------------------
def rows(browser, **query):
    return [
        (row["who"], str(row["what"]), row["about"], row["reason"])
        for row in get(browser, "audit", **query).context["rows"]
    ]


def test_the_record_says_who_did_what_and_to_whom_only_about_roles(browser, admin):
    person, tunde = UserFactory(display_name="Wren"), UserFactory(display_name="Tunde")
    audit.record(admin, "person.roles", person, about=person, reason="safety lead")
    audit.record(tunde, "note.read", None, about=person)
    audit.record(None, "checkin.ask", reason="12")

    assert rows(browser) == [
        ("The clock", "Asked how people are", "", "12"),
        ("Tunde", "Opened a note", "", ""),
        ("Priya", "Changed somebody's roles", "Wren", "safety lead"),
    ]


def test_what_people_do_about_themselves_is_theirs(browser):
    person = UserFactory()
    for action in ["checkin.answer", "checkin.say", "consent.give", "followup.open", "membership.ask", "person.change"]:
        audit.record(person, action, None, about=person)
    audit.record(person, "seat.answer")
    audit.record(person, "session.enter")

    assert rows(browser) == []


def test_the_record_is_narrowed_by_action_and_month(browser, admin):
    audit.record(admin, "crisis.confirm")
    audit.record(admin, "resource.check")
    this_month = f"{timezone.localdate():%Y-%m}"

    assert rows(browser, what="crisis.confirm") == [("Priya", "Confirmed a help line", "", "")]
    assert len(rows(browser, month=this_month)) == 2
    assert rows(browser, month="2025-01") == []
    assert len(rows(browser, what="nonsense", month="1999-99", before="x")) == 2


@time_machine.travel("2026-11-30T12:00:00Z", tick=False)
def test_a_month_begins_where_the_reader_is(as_person, admin):
    browser = as_person(admin)
    audit.record(admin, "crisis.confirm")
    User.objects.filter(pk=admin.pk).update(time_zone="Pacific/Auckland")

    assert rows(browser, month="2026-11") == []
    assert len(rows(browser, month="2026-12")) == 1


@pytest.mark.parametrize("entries", [1, 25])
def test_the_record_asks_the_same_questions_for_every_page(browser, entries, django_assert_num_queries):
    for _ in range(entries):
        audit.record(AdminFactory(), "crisis.confirm")
    get(browser, "audit")

    with django_assert_num_queries(5):
        get(browser, "audit")


def test_older_entries_follow_on_from_the_last_one(browser, admin):
    for number in range(30):
        audit.record(admin, "crisis.confirm", reason=str(number))
    first = get(browser, "audit", what="crisis.confirm")
    audit.record(admin, "crisis.confirm", reason="later")

    older = rows(browser, what="crisis.confirm", before=first.context["older"])
    assert [reason for _who, _what, _about, reason in older] == ["4", "3", "2", "1", "0"]


# -- words ------------------------------------------------------------------------------------
def test_no_page_of_the_admin_holds_a_word_of_anybody(browser, admin):
    seat = FacilitatorFactory()
    member = MembershipFactory(group=seat.group).user
    AgreementFactory(group=seat.group)
    asking = UserFactory()
    ask_to_join(asking, group=seat.group, agreement=seat.group.agreement, alias="Wren", words=CANARY)
    answer(CheckInFactory(user=member, state="answered", mood=1, answered_at=timezone.now()), CANARY)
    write_note(seat.user, group=seat.group, words=CANARY, member=member)
    pages = [reverse(f"home:{page}") for page in PAGES]
    pages += [reverse("home:member", args=[person.public_id]) for person in (member, asking, seat.user)]
    pages += [reverse(f"resources:{page}") for page in ("manage", "new", "lines", "line-new", "lines-confirm")]

    for page in pages:
        assertNotContains(browser.get(page), CANARY)
        assertNotContains(browser.get(page), "Wren")
