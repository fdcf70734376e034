"""The page on which the author of a concern adds to it, and where that shows."""

from uuid import uuid4

import pytest
from django.utils import timezone

from notes.models import ConcernAddition
from notes.services import add_to_concern
from people.models import AuditEntry
from tests import factories
from tests.concerns import concern
from tests.home.pages.test_concerns import main
from tests.home.pages.world import text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation", "no_second_step")]


@pytest.fixture
def seat():
    return factories.FacilitatorFactory(alias="Marisol", group__name="Evenings")


@pytest.fixture
def lead():
    return factories.SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def row(seat):
    return concern(seat.user, "canary first", group=seat.group)


@pytest.fixture
def browser(seat, as_person):
    return as_person(seat.user)


def to(row):
    return f"/concerns/{row.public_id}/add/"


def test_to_everybody_else_the_page_is_not_there(as_person, lead, row, seat):
    draft = concern(seat.user, "x", sent=False)
    colleague = factories.FacilitatorFactory(group=seat.group).user
    asked = [as_person(one).get(to(row)).status_code for one in (lead, colleague, factories.AdminFactory())]

    assert [*asked, as_person(seat.user).get(to(draft)).status_code] == [404] * 4


def test_nothing_that_was_typed_is_lost(browser, lead, row):
    empty = browser.post(to(row), {"words": " "})
    assert (empty.status_code, "Write what was said or seen" in main(empty)) == (422, True)

    once = str(uuid4())
    browser.post(to(row), {"words": "One.", "public_id": once})
    again = browser.post(to(row), {"words": "Two.", "public_id": once})
    assert again.status_code == 422
    assert "You added this before." in main(again)
    assert "Two." in main(again)
    other = again.context["form"]["public_id"].value()
    browser.post(to(row), {"words": "Two.", "public_id": other})
    assert ConcernAddition.objects.count() == 2


def test_what_was_closed_meanwhile_keeps_the_words_on_the_page(browser, lead, row):
    row.closed_at, row.closed_by = timezone.now(), lead
    row.save()
    page = browser.post(to(row), {"words": "They rang again."})

    assert page.status_code == 422
    assert "They rang again." in main(page)
    assert "This one is closed, so nobody would read what you add." in main(page)
    assert not ConcernAddition.objects.exists()


def test_it_is_added_without_opening_what_stands_and_the_lead_reads_both(browser, as_person, lead, row):
    page = main(browser.get(to(row)))
    assert "Send to Priya" in page
    assert "canary" not in page
    sent = main(browser.post(to(row), {"words": "canary more", "public_id": str(uuid4())}, follow=True))
    assert "Not yet read" in sent
    assert "canary" not in sent
    assert not AuditEntry.objects.filter(action="concern.read").exists()

    read = main(as_person(lead).get(f"/concerns/{row.public_id}/"))
    assert [words for words in ("canary first", "canary more", "Added later") if words not in read] == []
    assert "Add what you learned since" not in read
    assert "Not yet read" not in main(browser.get(f"/concerns/{row.public_id}/sent/"))
    assert "Add what you learned since" in main(browser.get(f"/concerns/{row.public_id}/"))


def test_the_list_says_that_something_was_added(browser, as_person, lead, row, seat):
    as_person(lead).get(f"/concerns/{row.public_id}/")
    add_to_concern(seat.user, concern=row, words="canary", once=uuid4())

    assert "Added to, not yet read" in main(as_person(lead).get("/concerns/"))
    as_person(lead).get(f"/concerns/{row.public_id}/")
    assert "Added to, not yet read" not in main(as_person(lead).get("/concerns/"))


def test_the_only_one_who_looks_after_safety_reads_what_happens_with_their_own(as_person, lead):
    row = concern(lead, "canary")
    page = main(as_person(lead).get(f"/concerns/{row.public_id}/sent/"))

    assert "It is kept, and nobody can read it yet" in page
    assert "can give somebody that part" in page


def test_markup_stays_words(browser, as_person, lead, row):
    browser.post(to(row), {"words": "<script>canary</script> \u202ezyx", "public_id": str(uuid4())})

    page = text(as_person(lead).get(f"/concerns/{row.public_id}/"))
    assert "&lt;script&gt;canary" in page
    assert "<script>canary" not in page
