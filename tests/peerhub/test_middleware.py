"""What holds for every request, whoever asks and whatever for."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peerhub.middleware import PERMISSIONS_POLICY, without_charset
from tests.factories import AdminFactory, FacilitatorFactory, SafetyLeadFactory, UserFactory

FORM = "application/x-www-form-urlencoded"


# -- plain requests ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address",
    [
        "/about/%00",
        "/about/%ff/",
        "/about/%ed%a0%80/",
        "/about/?q=%00",
        "/about/?%00=q",
        "/about/?q=%ff",
        "/about/?q=%ed%b0%80",
    ],
)
def test_an_address_that_no_browser_sends_is_refused(address):
    answer = Client().get(address)

    assert answer.status_code == 400
    assert "We could not read that" in answer.content.decode()


@pytest.mark.parametrize("body", ["next=%00", "%00=/", "next=%ff", "next=%ed%a0%80", b"next=\xff", b"next=\x00"])
def test_a_form_that_no_browser_sends_is_refused(body):
    assert Client().post("/theme/", body, content_type=FORM).status_code == 400


@pytest.mark.parametrize(
    "parts",
    [
        {"next": "\0"},
        {"\0": "/"},
        {"next": b"\xff"},
        {"file": SimpleUploadedFile("a.txt", b"x"), "next": "a\0b"},
    ],
)
def test_a_form_with_parts_is_read_the_same_way(parts):
    assert Client().post("/theme/", parts).status_code == 400


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "latin-1"])
def test_another_way_of_writing_letters_is_refused(charset):
    """`+AAA-` is a NUL byte in UTF-7."""
    answer = Client().get("/about/?q=%2BAAA-", headers={"content-type": f"text/plain; charset={charset}"})

    assert answer.status_code == 400


def test_a_charset_that_is_no_text_at_all_never_reaches_django():
    """Django looks up base64 as a way of writing letters before any middleware runs, and fails."""
    environ = {"CONTENT_TYPE": 'multipart/form-data; charset=base64; boundary="x"', "PATH_INFO": "/"}

    assert without_charset(environ)["CONTENT_TYPE"] == 'multipart/form-data; boundary="x"'


def test_a_nul_byte_hidden_in_a_cookie_is_refused():
    answer = Client().get("/about/", headers={"cookie": f'{settings.SESSION_COOKIE_NAME}="aaaaaaaaaa\\000"'})

    assert answer.status_code == 400


@pytest.mark.logs_errors
def test_a_form_that_is_too_large_or_never_ends_is_refused():
    many = "&".join(f"a{n}=1" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    large = "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    assert [Client().post("/theme/", body, content_type=FORM).status_code for body in (many, large)] == [400, 400]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["café", "שלום", "🙂 👩‍👩‍👧", "a + b & c = d%", "line\r\nline", "\ufffd"])
def test_words_of_any_language_pass(words):
    sent = urlencode({"theme": "dark", "next": "/about/", "words": words})

    assert Client().get("/about/", {"q": words}).status_code == 200
    assert Client().get(f"/{quote(words)}").status_code == 404
    assert Client().post("/theme/", sent, content_type=FORM).status_code == 303


# -- headers ----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_page_for_anybody_may_be_found_and_closes_the_devices_senses():
    headers = Client().get("/about/").headers

    assert "Cache-Control" not in headers
    assert "X-Robots-Tag" not in headers
    assert "Cookie" in headers["Vary"]
    assert headers["Permissions-Policy"] == PERMISSIONS_POLICY
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/about/", "/nothing-here/", "/accounts/email/", "/leave/"])
def test_what_a_signed_in_person_sees_is_kept_nowhere(as_person, address):
    headers = as_person(UserFactory()).get(address).headers

    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Cookie" in headers["Vary"]


@pytest.mark.django_db
def test_pages_of_signing_in_are_kept_nowhere():
    assert Client().get("/accounts/login/").headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_policy_lets_forms_go_to_the_exit_and_nothing_run_inline():
    policy = Client().get("/about/").headers["Content-Security-Policy"]

    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["form-action"] == f"'self' {settings.EXIT_ORIGIN}"
    assert rules["default-src"] == "'none'"
    assert (rules["script-src"], rules["style-src"]) == ("'self'", "'self'")
    assert rules["frame-ancestors"] == "'none'"


@pytest.mark.django_db
def test_signing_out_empties_what_the_browser_kept(as_person):
    answer = as_person(UserFactory()).post("/accounts/logout/")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


# -- the reader's clock -----------------------------------------------------------------------
@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False)
def test_times_stand_in_the_readers_zone_and_only_for_the_reader(as_person):
    there = as_person(UserFactory(time_zone="Asia/Tokyo")).get("/nothing-here/").content.decode()
    here = Client().get("/nothing-here/").content.decode()

    assert "404, 9:00 pm" in there
    assert "404, 12:00 pm" in here


@pytest.mark.django_db
def test_a_language_we_do_not_speak_any_more_falls_back_to_ours(as_person):
    page = as_person(UserFactory(locale="xx")).get("/nothing-here/")

    assert page.status_code == 404
    assert '<html lang="en-gb" dir="ltr"' in page.content.decode()


# -- the second step --------------------------------------------------------------------------
@pytest.fixture
def _second_step_required(settings):
    settings.STAFF_MFA_REQUIRED = True


def staff():
    return [AdminFactory(), SafetyLeadFactory(), FacilitatorFactory().user]


@pytest.mark.django_db
@pytest.mark.usefixtures("_second_step_required")
def test_staff_without_a_second_step_are_led_to_make_one(as_person):
    for person in staff():
        answers = {way: as_person(person).get(way) for way in ("/about/", "/you/", "/nothing-here/")}

        assert {way: (a.status_code, a.headers.get("Location")) for way, a in answers.items()} == dict.fromkeys(
            answers, (302, "/accounts/2fa/")
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("_second_step_required")
def test_the_page_about_the_second_step_says_why(as_person):
    page = as_person(AdminFactory()).get("/accounts/2fa/").content.decode()

    assert "Add a second step at sign-in" in page
    assert "Make a passkey" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("_second_step_required")
def test_leave_and_signs_of_life_stay_open_without_a_second_step(as_person):
    client = as_person(AdminFactory())

    assert client.get("/healthz").status_code == 200
    assert client.post("/leave/").headers["Location"] == settings.EXIT_URL


@pytest.mark.django_db
@pytest.mark.usefixtures("_second_step_required")
def test_members_are_not_asked(as_person):
    assert as_person(UserFactory()).get("/about/").status_code == 200


@pytest.mark.django_db
def test_nobody_is_asked_where_the_organisation_does_not_want_it(as_person, settings):
    settings.STAFF_MFA_REQUIRED = False

    assert as_person(AdminFactory()).get("/about/").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("_second_step_required")
def test_once_made_the_second_step_is_not_looked_up_again(as_person):
    person = FacilitatorFactory().user
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    client = as_person(person)
    assert client.get("/about/").status_code == 200

    with CaptureQueriesContext(connection) as asked:
        assert client.get("/about/").status_code == 200

    assert [q["sql"] for q in asked if "mfa_authenticator" in q["sql"]] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_second_step_required")
def test_taking_the_second_step_off_closes_the_pages_again(as_person):
    person = AdminFactory()
    step = Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    client = as_person(person)
    assert client.get("/about/").status_code == 200

    client.get("/accounts/2fa/")
    step.delete()

    assert client.get("/about/").headers["Location"] == "/accounts/2fa/"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
def test_a_length_that_is_no_number_is_refused(kind):
    assert Client().post("/theme/", "theme=dark", content_type=kind, CONTENT_LENGTH="abc").status_code == 400


# -- what a browser loads before anybody asked for it ----------------------------------------------
AHEAD = [
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("Purpose", "preview"),
    ("X-Purpose", "preview"),
    ("X-Moz", "prefetch"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("header", "value"), AHEAD)
def test_nothing_that_is_somebodys_is_loaded_ahead(header, value, organisation, as_person):
    browser = as_person(UserFactory())
    answer = browser.get("/home/", headers={header: value})

    assert (answer.status_code, answer.content) == (503, b"")
    assert answer["Cache-Control"] == "no-store"
    assert browser.get("/home/").status_code == 200


@pytest.mark.django_db
def test_what_is_everybodys_may_be_loaded_ahead(organisation):
    assert Client().get("/about/", headers={"Sec-Purpose": "prefetch"}).status_code == 200


# -- the head of a page, which nobody sees ----------------------------------------------------------
@pytest.mark.django_db
def test_whoever_is_signed_in_gets_no_head_of_a_page_and_takes_nothing_away(organisation, as_person):
    person = UserFactory()
    browser = as_person(person)
    browser.post("/you/pause/", {"weeks": "open"})
    answer = browser.head("/you/messages/")

    assert (answer.status_code, answer["Allow"], answer["Cache-Control"]) == (405, "GET, POST", "no-store")
    assert "Paused until you are back" in browser.get("/you/messages/").content.decode()


@pytest.mark.django_db
def test_the_head_of_what_is_everybodys_is_there(organisation):
    for path in ("/about/", "/healthz", "/groups/"):
        answer = Client().head(path)
        assert (answer.status_code, answer.content) == (200, b"")
