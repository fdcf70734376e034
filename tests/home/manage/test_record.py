"""The record; words."""

import ast

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertNotContains

from groups.services import ask_to_join
from home.views import record
from notes.services import write_note
from people import audit
from people.models import User
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    CheckInFactory,
    FacilitatorFactory,
    MembershipFactory,
    UserFactory,
    answer,
)
from tests.home.manage.world import CANARY, PAGES, get

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("action", "reason", "words"),
    [
        ("proposal.decide", "set_aside", "Set aside"),
        ("membership.remove", "absence", "Has not come for a long time"),
        ("membership.block", "safety", "Somebody was not safe"),
        ("group.end", "moved_on", "Moved on"),
        ("group.end", "", ""),
        ("invitation.make", "facilitator", "Facilitator"),
        ("wish.answer", "suggested", "Suggested a group"),
        ("group.plan-ending", "ends_on, last_ritual", "ends on, last ritual"),
        ("followup.take", "stands_in", ""),
    ],
)
def test_why_is_said_in_words(browser, action, reason, words):
    audit.record(AdminFactory(), action, None, about=UserFactory(), reason=reason)

    assert rows(browser)[0][3] == words


# The policy, or the only caller, lets nobody but the person themself do these.
DONE_BY_ONESELF = {"followup.withdraw", "person.change"}


def calls():
    """Each call of audit.record in our code: its first argument, the actions it may record, and whom it is about."""
    for path in sorted(settings.BASE_DIR.glob("[a-z]*/**/*.py")):
        if path.relative_to(settings.BASE_DIR).parts[0] in {"tests", "bench"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                actor, action = node.args[:2]
                actions = [one.value for one in ast.walk(action) if isinstance(one, ast.Constant)]
                about = [ast.unparse(word.value) for word in node.keywords if word.arg == "about"]
                yield ast.unparse(actor), [one for one in actions if "." in str(one)], about


def test_every_entry_that_admins_read_has_words():
    """What people do about themselves is not shown to admins, and needs none."""
    recorded = list(calls())
    silent = {
        action
        for actor, actions, about in recorded
        for action in actions
        if about != [actor] and action not in {*record.WORDS, *record.PRIVATE, *DONE_BY_ONESELF}
    }

    assert len(recorded) > 50
    assert silent == set()


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
