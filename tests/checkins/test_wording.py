"""The questions of the week: who words them, what they may not say, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction

from checkins.models import Prompt
from checkins.phrases import folded, holds_one_of, why_not_asked
from checkins.services import NotLikeThis, bring_back_prompt, keep_prompt, retire_prompt
from checkins.services.wording import MOST
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import AdminFactory, FacilitatorFactory, GroupFactory, MembershipFactory, PromptFactory

pytestmark = pytest.mark.django_db
KIND = "What has this week been like for you?"


@pytest.fixture
def amal(organisation):
    return AdminFactory()


def keep(actor, text=KIND, group=None, language="en"):
    return keep_prompt(actor, group=group, language=language, text=text)


# -- who may not ------------------------------------------------------------------------------
def test_only_admins_word_what_everybody_is_asked(marisol, wren, group):
    for user in (marisol, wren):
        with pytest.raises(NotAllowed):
            keep(user)


def test_only_those_who_run_it_word_what_a_group_is_asked(marisol, wren, group):
    for user in (wren, AdminFactory(), FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            keep(user, group=group)
        with pytest.raises(NotAllowed):
            retire_prompt(user, prompt=PromptFactory(group=group))


def test_a_group_that_has_ended_asks_nothing(marisol, group):
    group.state = "archived"

    with pytest.raises(NotAllowed):
        keep(marisol, group=group)


# -- what it may not say ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("How is your anxiety this week?", "without a word like “anxiety”"),
        ("Was the group good for you?", "without a word like “group”"),
        ("How was your MENTAL-HEALTH?", "without a word like “mental”"),
        ("¿Cómo va tu ansiedad?", "without a word like “ansiedad”"),
        ("On a scale of 1 to 10, how are you?", "without a number"),
        ("How many good days were there?", "without a number"),
        ("From 0-10?", "without a number"),
        ("How are you, in %?", "without a number"),
        ("Over the last two weeks, how often were you nervous?", "without a number"),
    ],
)
def test_a_question_that_tells_too_much_or_measures_is_refused(amal, text, why):
    assert why in why_not_asked(text)
    with pytest.raises(NotLikeThis, match=r"“|number"):
        keep(amal, text)
    assert not Prompt.objects.exists()


@pytest.mark.parametrize(
    "text", [KIND, "How did you sleep, by and large?", "How have the 7 days been?", "كيف كان أسبوعك؟"]
)
def test_a_plain_question_is_kept(amal, text):
    assert keep(amal, text).text == text


def test_it_names_no_group(amal, marisol, group):
    for actor, where in ((amal, None), (marisol, group)):
        with pytest.raises(NotLikeThis, match=r"without|name of a group"):
            keep(actor, "How were the evenings with anxiety?", where)
    GroupFactory(name="Harbour walks")
    GroupFactory(name="Evenings")
    with pytest.raises(NotLikeThis, match="name of a group"):
        keep(amal, "How did you like the HARBOUR Walks?")
    with pytest.raises(NotLikeThis, match="name of a group"):
        keep(amal, "How did you like Evenings?")
    assert keep(amal, "How have your evenings been?")


def test_no_refusal_tells_of_a_group_that_the_actor_may_not_see(marisol, group):
    GroupFactory(name="Quiet harbour folk", state="draft", opened_at=None)

    assert keep(marisol, "How is the quiet harbour folk?", group)


def test_it_names_nobody(amal, marisol, wren, group):
    with pytest.raises(NotLikeThis, match="“Wren” is what somebody here is called"):
        keep(marisol, "How is Wren this week?", group)
    with pytest.raises(NotLikeThis, match="Wren"):
        keep(amal, "How is Wren this week?")
    MembershipFactory(group=group, alias="Will")
    assert keep(marisol, "Will you tell us how it was? It will not take long.", group)


# -- keeping ----------------------------------------------------------------------------------
def test_the_same_question_stands_once(amal, marisol, group):
    keep(amal)
    with pytest.raises(NotLikeThis, match="there already"):
        keep(amal, KIND.upper())
    keep(amal, language="es")
    keep(marisol, group=group)

    assert Prompt.objects.in_use().count() == 3


def test_the_database_itself_has_each_once_and_none_empty(group):
    for where in (None, group):
        PromptFactory(group=where, text=KIND)
        with pytest.raises(IntegrityError, match="prompt_once"), transaction.atomic():
            PromptFactory(group=where, text=KIND.lower())
    with pytest.raises(IntegrityError) as problem, transaction.atomic():
        PromptFactory(text="")
    assert problem.value.__cause__.diag.constraint_name == "prompt_has_words"


def test_a_question_rests_and_comes_back_where_it_stood(amal):
    first, second = keep(amal), keep(amal, "How are you, this week?")
    retire_prompt(amal, prompt=first)
    retire_prompt(amal, prompt=first)
    assert list(Prompt.objects.in_use()) == [second]

    bring_back_prompt(amal, prompt=first)
    bring_back_prompt(amal, prompt=first)

    assert list(Prompt.objects.in_use().in_turn()) == [first, second]
    actions = AuditEntry.objects.order_by("pk").values_list("action", "reason")
    assert list(actions)[2:] == [("prompt.retire", ""), ("prompt.keep", "en")]


def test_what_stands_twice_does_not_come_back(amal):
    first = retire_prompt(amal, prompt=keep(amal))
    keep(amal)

    with pytest.raises(NotLikeThis, match="there already"):
        bring_back_prompt(amal, prompt=first)


def test_there_are_not_more_than_anybody_comes_round_to(amal):
    PromptFactory.create_batch(MOST)

    with pytest.raises(NotLikeThis, match=f"{MOST} questions already"):
        keep(amal)
    assert keep(amal, language="es")


# -- pages ------------------------------------------------------------------------------------
def test_an_admin_adds_looks_and_takes_away(as_person, amal):
    browser = as_person(amal)
    assert "How has this week been?" in browser.get("/manage/questions/").content.decode()

    looked = browser.post("/manage/questions/", {"text": KIND, "language": "en", "look": "1"})
    assert (looked.status_code, Prompt.objects.count()) == (200, 0)
    assert looked.content.decode().count(KIND) == 2  # in the field, and as a person sees it

    assert browser.post("/manage/questions/", {"text": KIND, "language": "en"}).status_code == 302
    prompt = Prompt.objects.get()
    page = browser.post(f"/questions/{prompt.public_id}/rest/", follow=True).content.decode()
    assert "It is not asked any more." in page
    assert f'action="/questions/{prompt.public_id}/again/"' in page
    page = browser.post(f"/questions/{prompt.public_id}/again/", follow=True).content.decode()
    assert "It is asked again when its turn comes." in page


def test_a_facilitator_adds_one_for_the_group(as_person, marisol, group):
    browser, path = as_person(marisol), f"/groups/{group.slug}/run/questions/"
    browser.post(path, {"text": KIND, "language": "en"})

    assert Prompt.objects.get().group == group
    assert KIND in browser.get(path).content.decode()
    assert as_person(FacilitatorFactory().user).get(path).status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": "", "language": "en"}, "Write the question"),
        ({"text": "x" * 201, "language": "en"}, "200 signs at most"),
        ({"text": KIND, "language": "bfi"}, "Choose a language from the list"),
        ({"text": "How is your group?", "language": "en"}, "without a word like “group”"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_stays_there(as_person, amal, sent, words):
    response = as_person(amal).post("/manage/questions/", sent)

    page = response.content.decode()
    assert (response.status_code, Prompt.objects.count()) == (422, 0)
    assert words in page
    assert sent["text"] in page


@pytest.mark.parametrize("rows", [1, 23])
def test_the_list_asks_the_same_however_long_it_is(as_person, amal, rows, django_assert_num_queries):
    PromptFactory.create_batch(rows)
    browser = as_person(amal)
    browser.get("/manage/questions/")

    with django_assert_num_queries(5):
        browser.get("/manage/questions/")


# -- finding phrases --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I want to die", True),
        ("i WANT  to\ndie.", True),
        ("Don’t want to díe", True),
        ("I want to diet", False),
        ("unwanted", False),
        ("", False),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(text, found):
    assert holds_one_of(text, ["", " ", "Want to die"]) == found


def test_an_apostrophe_is_no_sign_between_words():
    assert holds_one_of("I can’t go on", ["can't go on"])
    assert holds_one_of("I cant go on", ["can't go on"])
    assert folded("Straße, Ñandú") == " strasse nandu "
