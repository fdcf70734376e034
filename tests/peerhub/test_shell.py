"""The frame of every page: leaving, help, tabs, light or dark, and what we say when something fails."""

import json
import re
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from home import context_processors as shell
from peerhub import views
from people.models import Heartbeat, User
from tests.factories import (
    AdminFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    OrganisationFactory,
    SafetyLeadFactory,
    UserFactory,
)

THE_EXIT = (303, settings.EXIT_URL)


def where(answer):
    return answer.status_code, answer.headers.get("Location")


def title(answer):
    return re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)[1]


@pytest.fixture
def lines_file(settings, tmp_path):
    settings.CRISIS_LINES_FILE = tmp_path / "lines.json"
    return settings.CRISIS_LINES_FILE


@pytest.fixture
def database_away():
    """Every question to the database fails, as it does when its server is gone."""

    def refuse(*_):
        raise OperationalError("away")

    with ExitStack() as stack:
        yield lambda: stack.enter_context(connection.execute_wrapper(refuse))


# -- leaving ----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_leave_is_no_link_to_be_followed_by_accident(as_person):
    client = as_person(UserFactory())

    assert client.get("/leave/").status_code == 405
    assert client.get("/accounts/email/").status_code == 200


@pytest.mark.django_db
def test_leave_signs_out_without_a_token_and_goes_somewhere_dull():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(), backend=settings.AUTHENTICATION_BACKENDS[0])

    answer = client.post("/leave/")

    assert where(answer) == THE_EXIT
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/accounts/email/").status_code == 302


@pytest.mark.logs_errors
def test_leave_leaves_without_a_database():
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    answer = client.post("/leave/")

    assert where(answer) == THE_EXIT
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0


@pytest.mark.django_db
def test_every_page_has_the_way_out_and_the_way_to_help():
    for address in ("/about/", "/accounts/login/", "/nothing-here/", "/about/?q=%00"):
        page = Client().get(address).content.decode()

        assert f'action="/leave/" data-leave="{settings.EXIT_URL}"' in page
        assert 'href="#help"' in page
        assert page.count('id="help"') == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("to_everybody", "said"), [(False, True), (True, False)])
def test_a_system_that_may_not_write_to_everybody_says_so_on_every_page(settings, to_everybody, said):
    settings.EMAIL_TO_EVERYBODY = to_everybody

    for page in ("/", "/accounts/login/", "/groups/"):
        assert ("This is a test system." in Client().get(page).text) is said


# -- light or dark ----------------------------------------------------------------------------
@pytest.mark.logs_errors
@pytest.mark.django_db
def test_theme_needs_the_token_of_a_form():
    assert Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"}).status_code == 403


def test_theme_refuses_a_colour_we_do_not_have():
    assert Client().post("/theme/", {"theme": "puce"}).status_code == 400


@pytest.mark.parametrize(
    "away", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_theme_never_leads_away(away):
    assert where(Client().post("/theme/", {"theme": "dark", "next": away})) == (303, "/")


@pytest.mark.django_db
def test_theme_is_kept_in_the_browser_of_a_visitor():
    client = Client()

    answer = client.post("/theme/", {"theme": "dark", "next": "/about/"})

    assert where(answer) == (303, "/about/")
    assert 'data-theme="dark"' in client.get("/about/").content.decode()


@pytest.mark.django_db
def test_theme_is_kept_in_the_account_and_wins_over_the_browser(as_person):
    person = UserFactory()
    client = as_person(person)
    client.post("/theme/", {"theme": "light"})
    client.cookies["theme"] = "dark"

    page = client.get("/about/").content.decode()

    assert User.objects.get(pk=person.pk).theme == "light"
    assert 'data-theme="light"' in page


@pytest.mark.django_db
def test_a_theme_cookie_from_elsewhere_changes_nothing():
    client = Client()
    client.cookies["theme"] = '"><x9>'

    assert 'data-theme="system"' in client.get("/about/").content.decode()


# -- signs of life ----------------------------------------------------------------------------
def test_healthz_asks_nobody():
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"ok\n", "text/plain")


@pytest.mark.django_db
def test_readyz_says_which_part_is_away(settings, database_away):
    settings.CELERY_BROKER_URL = "redis://:secret@localhost:1/0"
    database_away()

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.content.decode()) == (503, "database: away\nbroker: away\nclock: unknown\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "status", "words"),
    [(None, 503, "never heard"), (4, 503, "late, 240 s ago"), (1, 200, "ok, 60 s ago")],
)
def test_readyz_tells_how_long_the_clock_has_been_silent(minutes, status, words, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    if minutes:
        Heartbeat.objects.create(name="tick", at=timezone.now() - timedelta(minutes=minutes))

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.content.decode()) == (status, f"database: ok\nbroker: ok\nclock: {words}\n")


# -- when something fails ---------------------------------------------------------------------
@pytest.mark.django_db
def test_missing_pages_and_closed_pages_say_so_kindly():
    missing = Client().get("/nothing-here/")
    closed = views.page_closed(_request("/"), PermissionDenied())

    assert (missing.status_code, title(missing)) == (404, "We can't find that page - PeerHub")
    assert (closed.status_code, title(closed)) == (403, "That page is for someone else - PeerHub")


@pytest.mark.django_db
def test_somebody_who_tried_too_often_is_told_kindly():
    tries = [Client().post("/accounts/signup/", {}) for _ in range(21)]

    assert [answer.status_code for answer in tries] == [200] * 20 + [429]
    assert title(tries[-1]) == "Wait a few minutes - PeerHub"


@pytest.mark.logs_errors
@pytest.mark.django_db
def test_a_form_that_waited_too_long_says_how_to_save_the_words():
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})

    assert (answer.status_code, title(answer)) == (403, "This form waited too long - PeerHub")


def test_the_page_for_our_own_mistakes_needs_no_database(lines_file):
    lines_file.write_text(json.dumps([{"href": "tel:116123", "label": "Call 116 123", "words": "Free"}]))

    answer = views.something_broke(_request("/"))

    page = answer.content.decode()
    assert (answer.status_code, title(answer)) == (500, "Something broke on our side - PeerHub")
    assert '<a href="tel:116123">Call 116 123</a><span>Free</span>' in page


@pytest.mark.parametrize("content", [None, "", "{", "[1]", '[{"href": "tel:1"}]', '{"a": 1}'])
def test_without_a_readable_file_the_page_names_the_emergency_number(lines_file, content):
    if content is not None:
        lines_file.write_text(content)

    page = views.something_broke(_request("/")).content.decode()

    assert "If your life is at risk, call your local emergency number." in page


# -- help lines -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_help_lines_are_only_those_somebody_put_their_name_to():
    CrisisLineFactory(name="A rumour", number="1", confirmed_at=None, confirmed_by=None)
    CrisisLineFactory(name="Samaritans", number="116 123", words="Free, at any hour")

    assert shell.help_lines() == [("tel:116123", "Call 116 123", "Free, at any hour")]


@pytest.mark.django_db
def test_help_lines_come_from_the_file_when_the_database_is_away(lines_file, database_away):
    lines_file.write_text(json.dumps([{"href": "tel:112", "label": "Call 112", "words": "Anywhere in Europe"}]))
    database_away()

    assert shell.help_lines() == [("tel:112", "Call 112", "Anywhere in Europe")]


# -- tabs -------------------------------------------------------------------------------------
MEMBER = ["Home", "Groups", "Resources", "You"]
FACILITATOR = ["Today", "My groups", "Follow-up", "Resources", "You"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "queries", "labels"),
    [
        (AnonymousUser, 0, ["Find a group", "Resources", "How it works", "Sign in"]),
        (UserFactory, 1, MEMBER),
        (lambda: FacilitatorFactory().user, 1, FACILITATOR),
        (lambda: FacilitatorFactory(state="left", ended_at=timezone.now()).user, 1, MEMBER),
        (SafetyLeadFactory, 0, ["Follow-up", "Today", "Groups", "Resources", "You"]),
        (AdminFactory, 0, ["Overview", "Members", "Groups", "Resources", "Settings"]),
    ],
)
def test_tabs_are_those_of_the_role_and_cost_one_question_at_most(make, queries, labels, django_assert_num_queries):
    request = _request("/", make())

    with django_assert_num_queries(queries):
        found = [[tab.label for tab in shell.tabs(request)] for _ in range(2)]

    assert found == [labels, labels]


@pytest.mark.django_db
def test_the_tab_of_a_page_is_the_one_whose_address_reaches_furthest():
    request = _request(reverse("home:members"), AdminFactory())

    assert [tab.label for tab in shell.tabs(request) if tab.here] == ["Members"]


@pytest.mark.django_db
def test_a_page_under_no_tab_marks_none():
    assert [tab for tab in shell.tabs(_request("/", UserFactory())) if tab.here] == []


# -- what a tab of the browser says -----------------------------------------------------------
@pytest.mark.django_db
def test_discreet_people_see_notes_in_the_title_of_every_page(as_person):
    discreet, open_about_it = as_person(UserFactory()), as_person(UserFactory(discreet=False))

    assert [title(discreet.get(way)) for way in ("/about/", "/nothing-here/", "/accounts/email/")] == ["Notes"] * 3
    assert title(open_about_it.get("/about/")) == "Who runs this - PeerHub"


@pytest.mark.django_db
def test_the_title_says_first_that_a_form_needs_another_look():
    assert title(Client().post("/accounts/login/", {"login": "", "password": ""})) == "Error: Sign in - PeerHub"


# -- the text pages ---------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["how-it-works", "privacy", "safety-online", "accessibility", "about"])
def test_anybody_may_read_the_text_pages_and_nobody_may_write_to_them(name, as_person):
    OrganisationFactory(contact="0117 496 0100", hours="Mondays")
    address = reverse(f"home:{name}")

    assert Client().get(address).status_code == 200
    assert as_person(UserFactory()).get(address).status_code == 200
    assert Client().post(address).status_code == 405


def _request(path, user=None):
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    return request


@pytest.mark.django_db
@pytest.mark.logs_errors
def test_while_the_database_is_away_pages_say_come_back_and_leave_leaves(lines_file, database_away):
    browser = Client(raise_request_exception=False)
    database_away()

    page, left = browser.get("/groups/"), browser.post("/leave/")

    assert (page.status_code, "Something broke on our side" in page.content.decode()) == (503, True)
    assert left.status_code == 303


# -- what was just done -----------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("way_out", ["/leave/", "/accounts/logout/"])
def test_what_was_just_said_is_not_shown_to_whoever_sits_there_next(way_out, organisation, as_person):
    """Somebody presses Leave before the next page has come; another one opens the site in that browser."""
    browser = as_person(UserFactory())
    browser.post("/you/pause/", {"weeks": "open"})
    browser.post(way_out)

    assert "Paused until you are back" not in browser.get("/about/").content.decode()


@pytest.mark.django_db
def test_what_was_just_said_stands_on_the_next_page_and_in_no_cookie(organisation, as_person):
    browser = as_person(UserFactory())
    browser.post("/you/pause/", {"weeks": "open"})

    assert set(browser.cookies) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert "Paused until you are back" in browser.get("/about/").content.decode()
