"""Lists show that notes are there; one page opens the words, and says who did before."""

import pytest
from django.urls import reverse

from notes.models import Note, NoteKey
from notes.querysets import today
from notes.services import read_note, write_note
from people.models import AuditEntry
from people.reader import as_reader
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]
LIST_QUERIES = 9  # group, count, notes, names; the rest is the frame and who is signed in
CANARY = "Quiet start, warmer by the end."


@pytest.fixture
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def group():
    return GroupFactory(slug="quiet-river")


@pytest.fixture
def facilitator(group):
    return FacilitatorFactory(group=group, alias="Marisol").user


@pytest.fixture
def kofi(group):
    return MembershipFactory(group=group, alias="Kofi")


@pytest.fixture
def note(facilitator, group, kofi):
    return write_note(facilitator, group=group, words=CANARY, member=kofi.user)


def pages_of(note):
    ids = [note.group.slug, note.public_id]
    return [reverse(f"notes:{name}", args=ids[:1]) for name in ("list", "new")] + [
        reverse(f"notes:{name}", args=ids) for name in ("detail", "add")
    ]


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# -- closed to others -------------------------------------------------------------------------
@pytest.mark.parametrize("make", [UserFactory, AdminFactory, SafetyLeadFactory, lambda: FacilitatorFactory().user])
@pytest.mark.parametrize("page", range(4))
def test_the_pages_do_not_exist_for_anybody_else(as_person, note, make, page):
    client, url = as_person(make()), pages_of(note)[page]

    assert [client.get(url).status_code, client.post(url, {"words": "x"}).status_code] in ([404, 404], [404, 405])
    assert actions() == ["note.write"]


@pytest.mark.parametrize("page", range(4))
def test_the_pages_do_not_exist_for_the_person_it_is_about(as_person, note, kofi, page):
    assert as_person(kofi.user).get(pages_of(note)[page]).status_code == 404


@pytest.mark.parametrize("page", range(4))
def test_a_visitor_is_asked_to_sign_in(client, note, page):
    url = pages_of(note)[page]

    assert client.get(url).headers["Location"] == f"/accounts/login/?next={url}"


def test_a_note_of_another_group_does_not_exist_here(as_person, facilitator, note):
    other = FacilitatorFactory(user=facilitator).group

    assert as_person(facilitator).get(reverse("notes:detail", args=[other.slug, note.public_id])).status_code == 404


def test_a_head_request_opens_nothing(as_person, facilitator, note):
    assert as_person(facilitator).head(pages_of(note)[2]).status_code == 405
    assert actions() == ["note.write"]


# -- the list ---------------------------------------------------------------------------------
def test_the_list_holds_no_words(as_person, facilitator, note):
    page = as_person(facilitator).get(pages_of(note)[0])

    text = page.content.decode()
    assert CANARY not in text
    assert "About Kofi" in text
    assert actions() == ["note.write"]


def test_an_empty_list_offers_the_next_step(as_person, facilitator, group):
    page = as_person(facilitator).get(reverse("notes:list", args=[group.slug]))

    assert "No notes yet" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_same_for_one_and_for_thirty(as_person, facilitator, group, rows, django_assert_num_queries):
    for _ in range(rows):
        write_note(facilitator, group=group, words="x", member=MembershipFactory(group=group).user)
    client = as_person(facilitator)

    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("notes:list", args=[group.slug]))


# -- writing ----------------------------------------------------------------------------------
def test_a_note_about_a_person(as_person, facilitator, group, kofi):
    client = as_person(facilitator)
    url = reverse("notes:new", args=[group.slug])
    form = {"about": f"person-{kofi.public_id}", "words": CANARY, "readers": "author"}

    response = client.post(url, form)

    note = Note.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, reverse("notes:list", args=[group.slug]))
    assert (note.member, note.session, note.readers) == (kofi.user, None, "author")


def test_a_note_about_a_session(as_person, facilitator, group):
    session = SessionFactory(group=group)
    form = {"about": f"session-{session.public_id}", "words": CANARY, "readers": "facilitators"}

    as_person(facilitator).post(reverse("notes:new", args=[group.slug]), form)

    assert [(note.session, note.member) for note in Note.objects.all()] == [(session, None)]


def test_the_second_click_writes_nothing_new(as_person, facilitator, group):
    client, url = as_person(facilitator), reverse("notes:new", args=[group.slug])
    carried = client.get(url).context["form"]["public_id"].value()
    form = {"about": "group", "words": CANARY, "readers": "facilitators", "public_id": carried}

    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"about": ""}, "Choose what it is about"),
        ({"about": "person-somebody-else"}, "Select a valid choice"),
        ({"words": "x" * 1001}, "Keep it to 1000 characters. There are 1001 now"),
        ({"words": "  "}, "Write something first"),
        ({"readers": ""}, "Choose who can read it"),
    ],
)
def test_every_word_stays_when_something_is_missing(as_person, facilitator, group, change, sentence):
    form = {"about": "group", "words": CANARY, "readers": "facilitators"} | change

    response = as_person(facilitator).post(reverse("notes:new", args=[group.slug]), form)

    text = response.content.decode()
    assert response.status_code == 422
    assert sentence in text
    assert form["words"].strip() in text
    assert (Note.objects.count(), actions()) == (0, [])


def test_the_page_says_when_it_will_be_deleted_and_who_reads(as_person, facilitator, group):
    FacilitatorFactory(group=group, alias="Tunde A.")

    page = as_person(facilitator).get(reverse("notes:new", args=[group.slug]))

    assert page.context["deleted_on"].year == today().year + 1
    assert "You and Tunde A. can read this, unless you keep it to yourself." in page.content.decode()


# -- reading ----------------------------------------------------------------------------------
def test_opening_a_note_records_it_and_shows_who_opened_it(as_person, facilitator, group, note):
    colleague = FacilitatorFactory(group=group, alias="Tunde A.").user
    read_note(colleague, note=note)

    page = as_person(facilitator).get(pages_of(note)[2])

    assert actions() == ["note.write", "note.read", "note.read"]
    assert [(entry.action, name) for entry, name in page.context["openings"]] == [
        ("note.read", "Marisol"),
        ("note.read", "Tunde A."),
        ("note.write", "Marisol"),
    ]
    assert [reader.alias for reader in page.context["readers"]] == ["Marisol", "Tunde A."]
    assert CANARY in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"


def test_a_person_it_is_about_is_no_reader_even_if_they_run_the_group_now(as_person, facilitator, group, kofi, note):
    kofi.role = "facilitator"
    kofi.save()

    page = as_person(facilitator).get(pages_of(note)[2])

    assert [reader.alias for reader in page.context["readers"]] == ["Marisol"]


def test_marks_in_the_words_are_shown_as_they_were_typed(as_person, facilitator, group):
    note = write_note(facilitator, group=group, words="<b>bold</b>")

    page = as_person(facilitator).get(pages_of(note)[2])

    assert "&lt;b&gt;bold&lt;/b&gt;" in page.content.decode()


def test_a_note_whose_key_is_gone_says_so_kindly(as_person, facilitator, note):
    with as_reader(facilitator):
        NoteKey.objects.all().delete()

    page = as_person(facilitator).get(pages_of(note)[2])

    assert page.status_code == 410
    assert "This note cannot be opened" in page.content.decode()
    assert actions() == ["note.write", "note.read", "note.unreadable"]


def test_a_note_whose_day_has_come_says_so(as_person, facilitator, note):
    Note.objects.update(retain_until=today())

    page = as_person(facilitator).get(pages_of(note)[2])

    assert page.status_code == 410
    assert "This note was deleted" in page.content.decode()
    assert actions() == ["note.write"]


# -- adding -----------------------------------------------------------------------------------
def test_words_are_added_below(as_person, facilitator, note):
    client, url = as_person(facilitator), pages_of(note)[3]

    response = client.post(url, {"words": "Ines would rather wait."})

    assert response.headers["Location"] == pages_of(note)[2]
    page = client.get(pages_of(note)[2])
    assert [version.words for version in page.context["versions"]] == [CANARY, "Ines would rather wait."]


def test_added_words_stay_when_they_are_too_long_and_nothing_is_opened(as_person, facilitator, note):
    response = as_person(facilitator).post(pages_of(note)[3], {"words": "y" * 1001})

    text = response.content.decode()
    assert response.status_code == 422
    assert "y" * 1001 in text
    assert CANARY not in text
    assert actions() == ["note.write"]


def test_nothing_is_added_to_a_deleted_note_and_the_words_stay(as_person, facilitator, note):
    Note.objects.update(retain_until=today())

    response = as_person(facilitator).post(pages_of(note)[3], {"words": "Too late."})

    assert response.status_code == 422
    assert "Too late." in response.content.decode()
