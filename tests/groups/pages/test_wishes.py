"""When nothing fits: the self-check that keeps nothing, the wishes, and how admins answer."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import Wish
from groups.services import make_wish
from people.models import AuditEntry
from tests.factories import (
    AdminFactory,
    AreaFactory,
    CrisisLineFactory,
    GroupFactory,
    TermFactory,
    UserFactory,
    WishFactory,
)
from tests.groups.pages.world import said

pytestmark = pytest.mark.django_db
CHECK = "/groups/right-for-me/"
NOTHING = "/groups/nothing-fits/"
WAIT, SUGGEST = f"{NOTHING}wait/", f"{NOTHING}suggest/"
ANSWERS = {"help": "one", "room": "no", "listening": "hard", "urgent": "yes"}


def page_of(wish):
    return reverse("groups:wish-detail", args=[wish.public_id])


def back(wish):
    return reverse("groups:wish-take-back", args=[wish.public_id])


# -- the self-check -------------------------------------------------------------------------------
def test_the_self_check_keeps_nothing_anywhere(client, organisation):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.post(CHECK, ANSWERS)

    assert page.status_code == 200
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []
    assert (client.cookies.keys(), Session.objects.count()) == (set(), 0)
    assert (page["Cache-Control"], page.request["QUERY_STRING"]) == ("no-store", "")


def test_the_self_check_keeps_nothing_of_somebody_signed_in(as_person, organisation):
    browser = as_person(UserFactory())
    before = dict(browser.session)

    browser.post(CHECK, ANSWERS)

    assert dict(browser.session) == before
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("answers", [{}, ANSWERS, {"help": "nonsense", "room": ["a", "b"], "urgent": "\u202e"}])
def test_the_self_check_refuses_nobody(client, organisation, answers):
    page = client.post(CHECK, answers)

    assert page.status_code == 200
    assert 'href="/groups/"' in said(page)
    assert f'href="{NOTHING}"' in said(page)


@pytest.mark.parametrize(("urgent", "first"), [("yes", True), ("unsure", True), ("no", False), ("", False)])
def test_help_lines_come_first_when_something_cannot_wait(client, organisation, urgent, first):
    CrisisLineFactory()

    main = said(client.post(CHECK, {"urgent": urgent})).split("<footer")[0]

    assert ("tel:116123" in main) is first
    assert not first or main.index("tel:116123") < main.index("What you can do")


def test_the_self_check_offers_what_there_is(client, organisation):
    assert "One to one" not in said(client.post(CHECK, ANSWERS))
    assert "Come once and see" not in said(client.post(CHECK, ANSWERS))
    programme = GroupFactory(kind="programme")
    GroupFactory(allows_visits=True)

    page = client.post(CHECK, ANSWERS)

    assert [way["title"] for way in page.context["ways"]] == [
        "One to one", "Places that can help", "Find a group", "Come once and see", "None of this fits"
    ]  # fmt: skip
    assert f'href="{programme.get_absolute_url()}"' in said(page)


# -- wishing ----------------------------------------------------------------------------------------
def test_somebody_signed_out_sees_the_ways_and_nobody_elses_wishes(client, organisation):
    WishFactory(kind="suggest")

    page = client.get(NOTHING)

    assert page.context["mine"] == []
    assert [f'href="{NOTHING}{kind}/"' in said(page) for kind in ("wait", "suggest", "start")] == [True] * 3


def test_there_are_three_kinds_and_no_others(client, organisation):
    assert client.get(f"{NOTHING}moon/").status_code == 404


def test_what_was_chosen_is_carried_through_signing_in_but_no_words(client, organisation, settings):
    term, area = TermFactory(), AreaFactory()

    page = client.get(SUGGEST)
    sent = client.post(SUGGEST, {"term": term.pk, "area": area.pk, "way": "online", "words": "canary"})
    kept = dict(client.session)
    client.force_login(UserFactory(), backend=settings.AUTHENTICATION_BACKENDS[0])
    form = client.get(SUGGEST).context["form"]

    assert ["words" in step.fields for step in (page.context["form"], form)] == [False, True]
    assert (sent.status_code, sent["Location"]) == (302, f"/accounts/login/?next={SUGGEST}")
    assert "canary" not in str(kept)
    assert (form["term"].value(), form["area"].value(), form["way"].value()) == (term.pk, area.pk, "online")
    assert not Wish.objects.exists()


def test_a_wish_is_sent_shown_changed_and_taken_back(as_person, organisation):
    person, term = UserFactory(), TermFactory(name="Grief")
    browser = as_person(person)

    sent = browser.post(WAIT, {"term": term.pk, "way": "", "words": "Since spring."})
    shown = browser.get(NOTHING)
    changing = browser.get(WAIT)
    browser.post(WAIT, {"way": "online", "words": ""})
    wish = Wish.objects.get()

    assert sent["Location"] == NOTHING
    assert "Grief, anywhere, online or in person." in said(shown)
    assert "Since spring." in said(changing)
    assert (wish.user, wish.kind, wish.term, wish.format, wish.words) == (person, "wait", None, "online", None)
    browser.post(back(wish))
    assert browser.get(NOTHING).context["mine"] == []


def test_what_one_has_asked_for_is_not_offered_again_until_it_is_answered(as_person, organisation):
    person = UserFactory()
    wish = make_wish(person, kind="suggest", words="Evenings.")
    waiting = said(as_person(person).get(NOTHING))
    Wish.objects.filter(pk=wish.pk).update(answered_at=wish.created_at)

    answered = said(as_person(person).get(NOTHING))

    assert ("Suggest one to me" in waiting, "What else you can do" in waiting) == (False, True)
    assert "Suggest one to me" in answered


def test_whoever_has_asked_for_everything_is_offered_nothing_twice(as_person, organisation):
    person = UserFactory()
    for kind in Wish.Kind.values:
        make_wish(person, kind=kind, words="Evenings." if kind != "wait" else "")

    page = said(as_person(person).get(NOTHING))

    assert not {words for words in ("What you can do", "What else you can do") if words in page}
    assert "nothing-fits/start/" in page


def test_bad_choices_come_back_and_nothing_typed_is_lost(as_person, organisation):
    TermFactory()
    browser = as_person(UserFactory())

    page = browser.post(SUGGEST, {"term": "99999999999999999999", "way": "rocket", "words": "Kept words"})

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "term": ["Choose one from the list, or leave it open"],
        "way": ["Choose one from the list, or leave it open"],
    }
    assert "Kept words" in said(page)


def test_nobody_takes_back_the_wish_of_another(as_person, organisation):
    wish = WishFactory()

    assert as_person(UserFactory()).post(back(wish)).status_code == 404
    assert Wish.objects.open().get() == wish


def test_a_suggestion_stands_on_the_page_as_long_as_anybody_can_find_the_group(as_person, organisation):
    group = GroupFactory(name="Slow mornings")
    wish = WishFactory(kind="suggest", suggestion=group, answered_at="2026-11-20T12:00Z", answered_by=AdminFactory())
    Wish.objects.update(answered_at=wish.created_at)
    browser = as_person(wish.user)

    assert "Slow mornings" in said(browser.get(NOTHING))
    type(group).objects.filter(pk=group.pk).update(listed=False)
    assert "Slow mornings" not in said(browser.get(NOTHING))


# -- admins -------------------------------------------------------------------------------------------
@pytest.fixture
def admin(as_person, organisation):
    return as_person(AdminFactory())


def test_the_list_shows_what_people_look_for_and_no_words(admin):
    person = UserFactory(display_name="Wren", email="canary@example.org")
    make_wish(person, kind="suggest", words="canary")
    WishFactory(term=TermFactory(name="Grief"))
    WishFactory(kind="wait", told_at="2026-11-20T12:00Z")

    page = admin.get("/manage/wishes/")

    assert [wish.kind for wish, _by in page.context["rows"]] == ["suggest", "wait"]
    assert list(page.context["waiting"]) == [{"term__name": "Grief", "n": 1}]
    assert ("Wren" in said(page), "canary" in said(page)) == (True, False)
    assert not AuditEntry.objects.filter(action="wish.read").exists()


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_asks_the_same_few_questions(admin, django_assert_num_queries, number):
    for _ in range(number):
        WishFactory(term=TermFactory(), area=AreaFactory())
    admin.get("/manage/wishes/")

    with django_assert_num_queries(QUERIES):
        admin.get("/manage/wishes/")


QUERIES = 8


def test_an_admin_reads_on_record_and_suggests_a_group(admin):
    wish, group = make_wish(UserFactory(), kind="suggest", words="Since spring."), GroupFactory()

    page = admin.get(page_of(wish))
    sent = admin.post(page_of(wish), {"answer": "suggest", "suggestion": group.slug})

    assert "Since spring." in said(page)
    assert AuditEntry.objects.filter(action="wish.read", about=wish.user).count() == 1
    assert sent["Location"] == "/manage/wishes/"
    assert Wish.objects.get().suggestion == group


def test_an_answer_without_a_group_says_what_to_do(admin):
    waits, asks = WishFactory(kind="wait"), WishFactory(kind="suggest")

    empty = admin.post(page_of(asks), {"answer": "suggest"})
    unknown = admin.post(page_of(asks), {"answer": "suggest", "suggestion": "no-such"})
    noted = admin.post(page_of(waits), {"answer": "noted"})

    assert [page.status_code for page in (empty, unknown, noted)] == [422] * 3
    assert empty.context["form"].errors == {"suggestion": ["Choose the group that you suggest"]}
    assert unknown.context["form"].errors == {"suggestion": ["Choose a group from the list"]}
    assert "go on waiting" in noted.context["form"].non_field_errors()[0]


def test_somebody_was_faster(admin):
    wish = WishFactory(kind="suggest")

    assert admin.post(page_of(wish), {"answer": "noted"}).status_code == 302
    late = admin.post(page_of(wish), {"answer": "noted"})

    assert late.status_code == 422
    assert "answered or taken back" in said(late)


def test_the_overview_says_that_somebody_waits(admin):
    assert "wait for a suggestion" not in said(admin.get("/manage/"))
    WishFactory(kind="wait")
    WishFactory(kind="suggest")

    page = admin.get("/manage/")

    assert "People who wait for a suggestion: Under 5" in said(page)
    assert 'href="/manage/wishes/"' in said(page)
