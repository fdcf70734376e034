"""The page on which a concern is written beside the help card, where it stands, and reading it."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from notes.models import Concern
from notes.services import read_concern
from people.models import AuditEntry
from people.services import change_roles
from tests import factories
from tests.concerns import concern
from tests.home.pages.world import text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation", "no_second_step")]
NEW = "/concerns/new/"
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def seat():
    return factories.FacilitatorFactory(alias="Marisol", group__name="Evenings")


@pytest.fixture
def member(seat):
    return factories.MembershipFactory(group=seat.group, alias="Wren")


@pytest.fixture
def lead():
    return factories.SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def browser(seat, as_person):
    return as_person(seat.user)


def main(response):
    return text(response).split('<main id="main"')[1].split("</main>")[0]


# -- writing -------------------------------------------------------------------------------------
def test_members_find_no_such_page(as_person, member):
    assert [as_person(member.user).get(path).status_code for path in (NEW, "/concerns/")] == [403, 403]


@pytest.mark.parametrize("given", ["nothing", "7", NOBODY, "\x00"])
def test_a_session_one_does_not_lead_is_not_there(browser, given):
    elsewhere = factories.SessionFactory()

    assert browser.get(NEW, {"session": elsewhere.public_id}).status_code == 404
    assert browser.get(NEW, {"session": given}).status_code in {400, 404}


def test_the_card_stands_before_the_form_and_those_who_read_are_named(browser, lead, member):
    page = main(browser.get(NEW))

    assert page.index("Stay calm") < page.index("Record a concern</h2>") < page.index("Send to Priya")
    assert "Wren" in page
    assert "Monday to Friday" in page
    assert '<option value="outside">Someone not on PeerHub' in page


def test_where_nobody_looks_after_safety_the_page_says_so_and_whom_to_ring(browser, organisation):
    organisation.contact = "0117 496 0101"
    organisation.save()

    page = main(browser.get(NEW))
    assert "Nobody else looks after safety here yet" in page
    assert "tel:01174960101" in page
    sent = browser.post(NEW, {"facts": "What was said."}, follow=True)
    assert "nobody can read it yet" in main(sent)
    assert "Ring now: 0117 496 0101." in main(sent)


def test_only_the_facts_are_needed(browser, lead):
    page = browser.post(NEW, {"facts": "", "done": "We rang together."})
    assert page.status_code == 422
    assert "Write what was said or seen" in main(page)
    assert "We rang together." in main(page)

    browser.post(NEW, {"facts": "What was said."})
    assert (Concern.objects.get().about, Concern.objects.get().told) == (None, [])


@pytest.mark.parametrize(
    "when", ["soon", "9999-12-31T23:59", "0001-01-01T00:00", "2999-01-01T10:00", "2026-13-01T10:00"]
)
def test_a_time_that_has_not_passed_is_said_at_its_field(browser, when):
    page = browser.post(NEW, {"facts": "Kept on the page.", "happened_at": when})

    assert page.status_code == 422
    assert "Write a date and a time that have passed" in main(page)
    assert "Kept on the page." in main(page)


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        ("2026-03-29T01:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # the clock skips it
        ("2025-10-26T01:30", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),  # it comes twice
        ("2026-07-01T19:40", datetime(2026, 7, 1, 18, 40, tzinfo=UTC)),
    ],
)
def test_when_is_on_the_readers_clock(browser, when, moment):
    browser.post(NEW, {"facts": "x", "happened_at": when})

    assert Concern.objects.get().happened_at == moment


@pytest.mark.parametrize("given", [{"about": "someone"}, {"about": NOBODY}, {"told": ["everybody"]}])
def test_what_is_not_in_the_list_is_refused(browser, given):
    assert browser.post(NEW, {"facts": "x"} | given).status_code == 422
    assert not Concern.objects.exists()


def test_somebody_of_another_group_cannot_be_named(browser):
    other = factories.MembershipFactory(alias="Elsewhere")

    assert "Elsewhere" not in main(browser.get(NEW))
    assert browser.post(NEW, {"facts": "x", "about": str(other.public_id)}).status_code == 422


def test_after_sending_the_page_says_what_happens_next_and_none_of_the_words(browser, lead, member):
    given = {"about": str(member.public_id), "facts": "canary facts", "told": ["person", "lead"], "shared": ""}
    sent = browser.post(NEW, given | {"public_id": str(uuid4())}, follow=True)

    row = Concern.objects.get()
    assert (row.about, row.group, row.told) == (member.user, member.group, ["person", "lead"])
    assert sent.redirect_chain == [(f"/concerns/{row.public_id}/sent/", 302)]
    said = ["Sent to Priya", "Priya reads it by", "They ring you by", "Talk it over today"]
    assert [words for words in said if words not in main(sent)] == []
    assert [words for words in ("canary", "Wren") if words in text(sent)] == []

    read_concern(lead, concern=row)
    seen = main(browser.get(sent.redirect_chain[0][0]))
    assert ("Priya has read it." in seen, "Priya reads it by" in seen) == (True, False)


def test_during_a_session_the_card_names_who_leads_too_and_the_draft_stays_with_it(browser, seat, lead, member):
    session = factories.SessionFactory(group=seat.group, starts_in=-timedelta(minutes=9))
    tunde = factories.FacilitatorFactory(group=seat.group, alias="Tunde").user
    factories.booking(session, host=seat.user)
    factories.booking(session, host=tunde, duty="co")
    path = f"{NEW}?session={session.public_id}"
    assert "Talk it over with Tunde tonight." in main(browser.get(path))
    assert path in text(browser.get(f"/sessions/{session.public_id}/help-card/"))

    browser.post(path, {"facts": "x", "draft": "1"})
    row = Concern.objects.get()
    assert (row.session, row.group, row.sent_at) == (session, seat.group, None)
    sent = browser.post(f"/concerns/{row.public_id}/edit/", {"facts": "x", "public_id": row.public_id}, follow=True)
    assert "Talk it over with Tunde tonight." in main(sent)
    assert Concern.objects.get().session == session


def test_a_draft_opens_for_its_author_alone_with_everything_in_it(browser, as_person, lead, seat, member):
    given = {"about": str(member.public_id), "facts": "canary facts", "told": ["person"], "draft": "1"}
    page = browser.post(NEW, given, follow=True)
    row = Concern.objects.get()
    assert "Kept as a draft. Only you see it." in text(page)
    assert as_person(lead).get(f"/concerns/{row.public_id}/edit/").status_code == 404
    member.state, member.ended_at = "left", timezone.now()
    member.save()

    page = main(browser.get(f"/concerns/{row.public_id}/", follow=True))
    assert "canary facts" in page
    assert f'value="{member.public_id}" selected' in page
    assert f'name="public_id" value="{row.public_id}"' in page
    ticked = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert [box for box in ticked if 'value="person"' in box] == ticked != []
    assert AuditEntry.objects.filter(action="concern.read", actor=seat.user).count() == 1


def test_pressing_again_with_other_words_sends_another_one(browser, lead):
    first = str(uuid4())
    browser.post(NEW, {"facts": "One.", "public_id": first})
    page = browser.post(NEW, {"facts": "Two.", "public_id": first})
    assert page.status_code == 422
    assert "You sent this before." in main(page)
    assert "Two." in main(page)
    again = page.context["form"]["public_id"].value()

    assert again != first
    browser.post(NEW, {"facts": "Two.", "public_id": again})
    assert Concern.objects.filter(sent_at__isnull=False).count() == 2


# -- reading and closing ---------------------------------------------------------------------------
def test_a_lead_reads_it_its_author_hears_so_and_it_is_closed(browser, as_person, lead, seat, member):
    row = concern(seat.user, "canary facts", about=member.user, group=seat.group, told=["emergency"])
    page = main(as_person(lead).get(f"/concerns/{row.public_id}/"))
    said = ["canary facts", "Wren", "Marisol", "Emergency services", "Ring Marisol by", "Nothing is written here."]
    assert [words for words in said if words not in page] == []

    assert "Priya has seen it" in main(browser.get("/concerns/"))
    assert "Priya has seen it" in main(browser.get(f"/concerns/{row.public_id}/sent/"))
    assert browser.post(f"/concerns/{row.public_id}/close/").status_code == 403
    assert "We have talked" not in main(browser.get(f"/concerns/{row.public_id}/"))
    closed = as_person(lead).post(f"/concerns/{row.public_id}/close/", follow=True)
    assert "Closed. It stays to be read until its day." in text(closed)
    assert "Ring Marisol by" not in main(closed)
    twice = as_person(lead).post(f"/concerns/{row.public_id}/close/", follow=True)
    assert "Somebody has closed this already." in text(twice)


def test_the_list_names_neither_whom_it_is_about_nor_a_word(as_person, lead, seat, member):
    concern(seat.user, "canary facts", about=member.user, group=seat.group)
    page = text(as_person(lead).get("/concerns/"))

    assert "By Marisol" in page
    assert "Read it" in page
    assert [words for words in ("Wren", "canary", "Evenings") if words in page] == []


def test_what_waits_longest_stands_first_then_what_is_in_hand_then_what_is_closed(as_person, lead, seat):
    now = timezone.now()
    seen, closed = {"seen_at": now, "seen_by": lead}, {"closed_at": now, "closed_by": lead}
    hours = [timedelta(hours=number) for number in range(5)]
    given = [closed, seen, {}, {"left_at": now - hours[3]}, {}]
    rows = [concern(seat.user, "x", sent_at=now - ago, **fields) for ago, fields in zip(hours, given, strict=True)]

    page = text(as_person(lead).get("/concerns/"))
    assert sorted(rows, key=lambda row: page.index(str(row.public_id))) == [rows[4], rows[3], *rows[2::-1]]


def test_where_nothing_waits_the_page_says_so_and_what_happens_then(browser, as_person, lead, seat):
    concern(seat.user, "x", closed_at=timezone.now(), closed_by=lead)
    page = main(as_person(lead).get("/concerns/"))
    assert page.index("Nothing waits.") < page.index("When nobody can read one in time") < page.index("Closed on")
    assert "When nobody can read" not in main(browser.get("/concerns/"))

    concern(seat.user, "x")
    assert "Nothing waits." not in main(as_person(lead).get("/concerns/"))


def test_each_row_says_the_next_step_and_whose_it_is(as_person, lead, seat, time_machine):
    time_machine.move_to(TUESDAY, tick=False)
    row = concern(seat.user, "x", group=seat.group)
    other = factories.SafetyLeadFactory(display_name="Bola")
    time_machine.shift(timedelta(minutes=90))
    unread = main(as_person(lead).get("/concerns/"))
    said = ["Not yet seen", "Waits for 1 hour, 30 minutes", "By Tuesday 24 November, 12:00 pm"]
    assert [words for words in said if words not in unread] == []
    time_machine.shift(timedelta(hours=1))
    assert "We said by Tuesday 24 November, 12:00 pm." in main(as_person(lead).get("/concerns/"))

    as_person(lead).get(f"/concerns/{row.public_id}/")
    assert "Ring Marisol by Friday 27 November, 10:00 am" in main(as_person(lead).get("/concerns/"))
    assert "Priya rings Marisol by Friday 27 November" in main(as_person(other).get("/concerns/"))
    time_machine.shift(timedelta(days=4))
    assert "Have you talked with Marisol?" in main(as_person(lead).get("/concerns/"))
    assert "That time is over. Ask whether you can help." in main(as_person(other).get("/concerns/"))


def test_whoever_looks_after_safety_next_sees_that_it_waits_and_so_does_its_author(browser, as_person, lead, seat):
    row = concern(seat.user, "canary", group=seat.group)
    as_person(lead).get(f"/concerns/{row.public_id}/")
    change_roles(seat.group.created_by, person=lead, is_admin=False, is_safety_lead=False)
    assert str(row.public_id) not in text(as_person(lead).get("/today/"))
    assert "nobody can read it yet" in main(browser.get(f"/concerns/{row.public_id}/sent/"))

    other = factories.SafetyLeadFactory(display_name="Bola")
    page = main(as_person(other).get("/concerns/"))
    assert "Waits for somebody new" in page
    assert "Read it" in page
    assert "1 to see to" in main(as_person(other).get("/today/"))
    assert "It waits for somebody new to read it" in main(browser.get(f"/concerns/{row.public_id}/sent/"))
    as_person(other).get(f"/concerns/{row.public_id}/")
    assert "Bola has seen it" in main(browser.get(f"/concerns/{row.public_id}/sent/"))


def test_what_does_not_fit_on_a_page_stands_on_the_next(as_person, lead, seat):
    for _number in range(30):
        concern(seat.user, "x")
    concern(seat.user, "x", closed_at=timezone.now(), closed_by=lead)

    second = main(as_person(lead).get("/concerns/", {"page": 2}))
    assert "Closed on" in second
    assert "Nothing waits." not in second


def test_words_that_are_gone_are_said_to_be(as_person, browser, lead, seat):
    emptied = {"facts": None, "emptied_at": timezone.now()}
    row, draft = concern(seat.user, "x"), concern(seat.user, "x", sent=False)
    Concern.objects.update(**emptied)

    assert "can no longer be opened" in main(as_person(lead).get(f"/concerns/{row.public_id}/"))
    assert "can no longer be opened" in main(browser.get(f"/concerns/{draft.public_id}/edit/"))


def test_somebody_who_runs_nothing_any_more_reads_their_own(browser, seat):
    row = concern(seat.user, "canary facts")
    seat.state, seat.ended_at = "left", timezone.now()
    seat.save()

    assert browser.get(NEW).status_code == 403
    assert str(row.public_id) in text(browser.get("/concerns/"))
    assert "canary facts" in main(browser.get(f"/concerns/{row.public_id}/"))


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("seen", "queries"), [(True, 7), (False, 8)])  # by when they are read asks for the open hours
def test_the_list_asks_the_same_however_long_it_is(
    as_person, lead, seat, rows, seen, queries, django_assert_num_queries
):
    fields = {"seen_at": timezone.now(), "seen_by": lead} if seen else {}
    for _number in range(rows):
        concern(seat.user, "x", group=seat.group, **fields)
    browser = as_person(lead)
    with django_assert_num_queries(queries):
        assert browser.get("/concerns/").status_code == 200


# -- from elsewhere --------------------------------------------------------------------------------
def test_today_and_the_help_card_lead_there(browser, as_person, lead):
    assert NEW in main(browser.get("/today/"))
    assert NEW in main(browser.get("/help-card/"))
    assert NEW in main(browser.get("/follow-up/"))
    assert "/concerns/" in main(as_person(lead).get("/today/"))


def test_a_lead_sees_on_today_what_is_still_to_be_talked_over(as_person, browser, lead, seat):
    row = concern(seat.user, "x", seen_at=timezone.now(), seen_by=lead)
    concern(seat.user, "x", about=lead), concern(lead, "x"), concern(seat.user, "x", sent=False)
    assert "to see to" not in main(browser.get("/today/"))
    assert "1 to see to" in main(as_person(lead).get("/today/"))

    as_person(lead).post(f"/concerns/{row.public_id}/close/")
    assert "to see to" not in main(as_person(lead).get("/today/"))


def test_admins_see_that_one_waits_and_no_more(as_person, seat, member):
    admin = as_person(factories.AdminFactory())
    assert "A concern waits for somebody" not in main(admin.get("/manage/"))
    row = concern(seat.user, "canary", about=member.user, group=seat.group)

    page = text(admin.get("/manage/"))
    assert "A concern waits for somebody" in page
    assert [words for words in ("canary", "Wren", "Marisol", str(row.public_id)) if words in page] == []


def test_who_was_told_reads_in_their_own_record_that_it_was_opened(as_person, lead, seat, member):
    quiet = concern(seat.user, "x", about=member.user, group=seat.group)
    told = concern(seat.user, "x", about=member.user, group=seat.group, told=["person"])
    browser = as_person(member.user)
    as_person(lead).get(f"/concerns/{quiet.public_id}/")
    assert "concern" not in main(browser.get("/you/data/"))

    as_person(lead).get(f"/concerns/{told.public_id}/")
    assert "Read a concern about you, which you were told of" in main(browser.get("/you/data/"))
