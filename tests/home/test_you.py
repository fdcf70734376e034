"""What is a person's own: names, discreet mode, and who opened things about them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from checkins.models import CheckIn
from notices.services import note_mail_trouble, save_preferences
from people import audit
from people.models import AuditEntry
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    CheckInFactory,
    ConsentFactory,
    FacilitatorFactory,
    HelloConsentFactory,
    MembershipFactory,
    NoteFactory,
    NoticeFactory,
    RhythmFactory,
    SafetyLeadFactory,
    TakenBackFactory,
    UserFactory,
    WishFactory,
)

pytestmark = pytest.mark.django_db

PAGES = ["home:you", "home:names", "home:data"]


@pytest.fixture(autouse=True)
def _organisation(organisation):
    return organisation


@pytest.mark.parametrize("name", PAGES)
def test_nobody_signed_out_sees_these_pages(client, name):
    answer = client.get(reverse(name))

    assert answer["Location"] == f"{reverse('account_login')}?next={reverse(name)}"


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_stand_for_somebody_new(as_person, name):
    assert as_person(UserFactory(display_name="")).get(reverse(name)).status_code == 200


def facts(page):
    return {fact.label: fact.value for _, _, _, lines in page.context["sections"] for fact in lines}


def test_the_way_in_says_how_things_are_now(as_person):
    user = UserFactory(email="wren@example.org", display_name="Wren", password="four words in one row")
    RhythmFactory(user=user, weekday=0)
    MembershipFactory(user=user, alias="W.", group__name="Evenings")
    ConsentFactory(user=user)

    page = as_person(user).get(reverse("home:you"))

    assert facts(page) == {
        "What we told you": "Nothing new",
        "Check-in": "Every week, on a Monday, by e-mail",
        "How your weeks were": "What you answered, for you alone",
        "Quiet hours": "Nothing between 8:00 pm and 8:00 am",
        "E-mails": "About everything",
        "Your names": "Wren. W. in Evenings",
        "Time zone": "London time",
        "Discreet mode": "On",
        "Calendar link": "None",
        "Who opened things about you": "Nobody so far",
        "What you agreed to": "1 thing",
        "How long we keep it": "Each kind has its own time",
        "E-mail": "w…n@example.org",
        "Second step": "Off",
        "Where you are signed in": "1 place",
        "Password": "Set",
    }
    assert "wren@example.org" not in page.content.decode()


def test_what_is_new_and_what_is_sent_is_said_in_words(as_person):
    user = UserFactory(no_mail=True)
    RhythmFactory(user=user, weekday=2, every="fortnight", part="evening")
    NoticeFactory.create_batch(3, user=user)

    shown = facts(as_person(user).get(reverse("home:you")))

    assert (shown["What we told you"], shown["E-mails"]) == ("3 new", "None. It all stays in here")
    assert shown["Check-in"] == "Every 2 weeks, on a Wednesday evening, on your home page"


def test_mail_that_comes_back_and_areas_that_are_off_are_said(as_person):
    user = UserFactory()
    save_preferences(user, user=user, mail={"news": False, "checkins": False})
    browser = as_person(user)
    assert facts(browser.get(reverse("home:you")))["E-mails"] == "About what you chose"

    note_mail_trouble(user.email, "bounced")

    assert facts(browser.get(reverse("home:you")))["E-mails"] == "They come back from your address"


# -- names ----------------------------------------------------------------------------------------
NEW = {"display_name": "Robin", "pronouns": "they", "time_zone": "America/New_York"}


def test_names_and_discreet_mode_are_saved(as_person):
    user = UserFactory()

    answer = as_person(user).post(reverse("home:names"), NEW)

    user.refresh_from_db()
    assert answer["Location"] == reverse("home:you")
    assert (user.display_name, user.pronouns, user.time_zone) == ("Robin", "they", "America/New_York")
    assert not user.discreet
    assert AuditEntry.objects.get().reason == "discreet, display_name, pronouns, time_zone"


def test_saving_what_stands_already_leaves_no_line_in_the_record(as_person):
    user = UserFactory(display_name="Robin")
    same = {"display_name": "Robin", "pronouns": "", "time_zone": "Europe/London", "discreet": "on"}

    as_person(user).post(reverse("home:names"), same)

    assert not AuditEntry.objects.exists()


def test_a_move_to_another_zone_moves_the_next_question(as_person):
    user = UserFactory()
    rhythm = RhythmFactory(user=user)
    before = rhythm.next_at

    as_person(user).post(reverse("home:names"), NEW)

    rhythm.refresh_from_db()
    assert rhythm.next_at != before


def test_what_cannot_be_a_name_or_a_zone_is_said_in_words(as_person):
    user = UserFactory(display_name="Wren")

    page = as_person(user).post(reverse("home:names"), NEW | {"display_name": "me@example.org", "time_zone": "Moon"})

    user.refresh_from_db()
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "display_name": ["Choose a name that is not your e-mail address"],
        "time_zone": ["Choose a time zone from the list"],
    }
    assert 'value="me@example.org"' in page.content.decode()
    assert user.display_name == "Wren"


def test_names_in_groups_are_the_persons_own(as_person):
    seat = MembershipFactory(alias="Wren")
    MembershipFactory(group=seat.group, alias="Skylark")

    page = as_person(seat.user).get(reverse("home:names")).content.decode()

    assert "Wren" in page
    assert "Skylark" not in page


# -- what we hold -----------------------------------------------------------------------------------
def opened(user, as_person):
    return [(row.who, row.what) for row in as_person(user).get(reverse("home:data")).context["opened"]]


def test_who_opened_what_is_told_by_their_part_and_not_by_name(as_person):
    seat, lead = MembershipFactory(), SafetyLeadFactory()
    facilitator = FacilitatorFactory(group=seat.group, user__display_name="Canary").user
    note = NoteFactory(group=seat.group, author=facilitator, member=seat.user)
    checkin = CheckInFactory(user=seat.user, share=CheckIn.Share.FACILITATORS, group=seat.group)
    audit.record(facilitator, "note.read", note, about=seat.user)
    audit.record(lead, "checkin.read", checkin, about=seat.user)
    audit.record(facilitator, "membership.read", seat, about=seat.user)

    assert opened(seat.user, as_person) == [
        (f"A facilitator of {seat.group.name}", "Read what you wrote when you asked to join"),
        ("A safety lead", "Read your check-in"),
        (f"A facilitator of {seat.group.name}", "Read a note about you"),
    ]
    assert "Canary" not in as_person(seat.user).get(reverse("home:data")).content.decode()


def test_that_an_admin_read_what_somebody_looks_for_is_said(as_person):
    wish = WishFactory()
    audit.record(AdminFactory(display_name="Canary"), "wish.read", wish, about=wish.user)

    assert opened(wish.user, as_person) == [("An admin", "Read what you wrote when no group fitted")]


def test_an_admin_sees_here_only_what_is_about_them(as_person, settings):
    settings.STAFF_MFA_REQUIRED = False
    admin, other = AdminFactory(), MembershipFactory()
    audit.record(SafetyLeadFactory(), "membership.read", other, about=other.user)

    assert opened(admin, as_person) == []


def test_what_a_person_opens_themself_and_what_nobody_opened_is_not_listed(as_person):
    seat = MembershipFactory()
    audit.record(seat.user, "checkin.read", seat, about=seat.user)
    audit.record(UserFactory(), "membership.accept", seat, about=seat.user)

    assert opened(seat.user, as_person) == []


def said(browser):
    return " ".join(browser.get(reverse("home:data")).text.split())


def test_each_yes_stands_apart_with_its_words_and_where_it_was_given(as_person):
    user = UserFactory()
    HelloConsentFactory(user=user, channel="joining")
    TakenBackFactory(user=user)
    HelloConsentFactory(version="0")  # of somebody else

    text = said(as_person(user))

    assert "A hello if you miss a session" in text
    assert "If you miss a session, those who run the group may say hello." in text
    assert "When you asked to join a group" in text
    assert "This was on before we asked about it." not in text
    assert text.count('<a class="back" href="/you/messages/">Take back') == 1  # only what stands


def test_a_hello_that_nobody_asked_about_says_so(as_person):
    user = HelloConsentFactory(version="0").user

    assert "This was on before we asked about it." in said(as_person(user))


def test_answers_that_were_shared_stand_with_whose_readers_and_how_many(as_person):
    seat = MembershipFactory(group__name="Quiet river")
    given = {"user": seat.user, "state": "answered", "mood": 3, "answered_at": "2026-11-17T10:00:00Z"}
    for number, (share, group) in enumerate(
        [("facilitators", seat.group), ("facilitators", seat.group), ("me", None), ("", None)], start=1
    ):
        CheckInFactory(week=date(2026, 10, 5) + timedelta(weeks=number), share=share, group=group, **given)
    other = MembershipFactory(group=seat.group).user

    assert "With those who run Quiet river: 2 weeks, the latest on 17 November 2026" in said(as_person(seat.user))
    assert "Answers you shared" not in said(as_person(other))


@pytest.mark.parametrize("times", [1, 30])
def test_the_page_asks_as_often_for_one_as_for_thirty(as_person, django_assert_num_queries, times):
    seat = MembershipFactory()
    facilitator = FacilitatorFactory(group=seat.group).user
    for _ in range(times):
        audit.record(facilitator, "membership.read", seat, about=seat.user)
        AcceptanceFactory(user=seat.user, agreement=AgreementFactory())
    browser = as_person(seat.user)
    browser.get(reverse("home:data"))  # the first visit notes where somebody is signed in

    with django_assert_num_queries(11):  # one more for the answers they shared
        browser.get(reverse("home:data"))


# -- names in groups ----------------------------------------------------------------------------------
def names_page(seats, **changes):
    """What the form sends: everything it shows."""
    sent = {"display_name": "Robin", "time_zone": "Europe/London", "discreet": "on"}
    for seat in seats:
        sent |= {f"alias-{seat.public_id}": seat.alias, f"pronouns-{seat.public_id}": seat.pronouns}
    return sent | changes


@pytest.fixture
def seats():
    user = UserFactory(display_name="Wren")
    return [MembershipFactory(user=user, alias=alias) for alias in ("Wren", "W.")]


def test_all_names_are_saved_in_one_go(as_person, seats):
    first, second = seats
    sent = names_page(seats) | {f"alias-{first.public_id}": "Rob\u200bin", f"pronouns-{second.public_id}": "she"}

    answer = as_person(first.user).post(reverse("home:names"), sent)

    for seat in seats:
        seat.refresh_from_db()
    first.user.refresh_from_db()
    assert answer["Location"] == reverse("home:you")
    assert (first.called, second.called, first.user.display_name) == ("Rob in", "W. (she)", "Robin")


def test_one_name_that_is_taken_saves_nothing_and_keeps_what_was_typed(as_person, seats):
    first, second = seats
    MembershipFactory(group=second.group, alias="Skylark")
    sent = names_page(seats) | {f"alias-{first.public_id}": "Robin", f"alias-{second.public_id}": "SKYLARK"}

    page = as_person(first.user).post(reverse("home:names"), sent)

    first.refresh_from_db()
    first.user.refresh_from_db()
    assert (page.status_code, first.alias, first.user.display_name) == (422, "Wren", "Wren")
    wrong = {f"alias-{second.public_id}": ["Somebody in this group has this name. Choose another"]}
    assert page.context["form"].errors == wrong
    assert all(f'value="{typed}"' in page.content.decode() for typed in ("Robin", "SKYLARK"))


@pytest.mark.parametrize(
    ("alias", "why"),
    [
        ("", "Choose a name for"),
        ("me@example.org", "Choose a name that is not your e-mail address"),
        ("0113 496 0321", "Choose a name that is not a phone number"),
    ],
)
def test_a_name_in_a_group_follows_the_same_rules(as_person, seats, alias, why):
    page = as_person(seats[0].user).post(
        reverse("home:names"), names_page(seats, **{f"alias-{seats[1].public_id}": alias})
    )

    seats[1].refresh_from_db()
    assert (page.status_code, seats[1].alias) == (422, "W.")
    assert why in page.context["form"].errors[f"alias-{seats[1].public_id}"][0]


def test_nobody_renames_somebody_else_from_here(as_person, seats):
    other = MembershipFactory(group=seats[0].group, alias="Skylark")

    as_person(seats[0].user).post(reverse("home:names"), names_page(seats, **{f"alias-{other.public_id}": "Canary"}))

    other.refresh_from_db()
    assert other.alias == "Skylark"


@pytest.mark.parametrize("number", [1, 30])
def test_the_names_page_asks_the_same_for_one_and_for_thirty(as_person, django_assert_num_queries, number):
    user = UserFactory()
    MembershipFactory.create_batch(number, user=user)
    browser = as_person(user)
    browser.get(reverse("home:names"))

    with django_assert_num_queries(7):
        browser.get(reverse("home:names"))
