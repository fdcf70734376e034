"""The directory, Help now, and where admins keep both right."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from people.models import AuditEntry, Organisation
from resources.models import CrisisLine, Resource
from resources.services import save_line
from tests.factories import (
    AdminFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    ResourceFactory,
    SafetyLeadFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]

PLACE = {
    "name": "Night Kitchen",
    "kind": "food",
    "what_for": "A warm room, soup and company.",
    "cost": "free",
    "phone": "0117 496 0148",
    "url": "https://kitchen.example.org",
    "how_to_start": "Come in.\nSit down.",
}
LINE = {"name": "Samaritans", "channel": "call", "number": "116 123", "words": "Samaritans. Free, at any hour"}


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def admin():
    return AdminFactory(display_name="Priya")


@pytest.fixture
def browser(admin, as_person):
    return as_person(admin)


@pytest.fixture(params=["member", "facilitator", "safety lead"])
def stranger(request, as_person):
    make = {
        "member": UserFactory,
        "facilitator": lambda: FacilitatorFactory().user,
        "safety lead": SafetyLeadFactory,
    }
    return as_person(make[request.param]())


def get(browser, page, /, *args, **query):
    return browser.get(reverse(f"resources:{page}", args=args), query)


def post(browser, page, /, *args, **fields):
    return browser.post(reverse(f"resources:{page}", args=args), fields)


def named(response):
    return [place.name for place in response.context["page"]]


# -- who may not ------------------------------------------------------------------------------
@pytest.mark.parametrize("page", ["manage", "new", "lines", "line-new", "lines-confirm"])
def test_the_admins_pages_are_for_admins(client, stranger, page):
    url = reverse(f"resources:{page}")

    assertRedirects(client.get(url), f"/accounts/login/?next={url}", fetch_redirect_response=False)
    assertContains(stranger.get(url), "That page is for someone else", status_code=403)


def test_nobody_else_changes_anything(stranger):
    place = ResourceFactory(name="Place", checked_on=timezone.localdate() - timedelta(days=200))
    line, spare = CrisisLineFactory(), CrisisLineFactory(confirmed_at=None, confirmed_by=None)
    before = list(Resource.objects.values()), list(CrisisLine.objects.order_by("pk").values())

    assert post(stranger, "new", **PLACE).status_code == 403
    assert get(stranger, "edit", place.public_id).status_code == 403
    assert post(stranger, "edit", place.public_id, **PLACE).status_code == 403
    assert post(stranger, "check", place.public_id).status_code == 403
    assert post(stranger, "line-new", **LINE).status_code == 403
    assert post(stranger, "line-edit", line.public_id, **LINE).status_code == 403
    assert post(stranger, "line-up", line.public_id).status_code == 403
    assert post(stranger, "line-retire", line.public_id).status_code == 403
    assert post(stranger, "lines-confirm", lines=f"{spare.public_id}.{spare.stamp}").status_code == 403
    assert (list(Resource.objects.values()), list(CrisisLine.objects.order_by("pk").values())) == before


@pytest.mark.parametrize("page", ["check", "line-up", "line-retire"])
def test_looking_changes_nothing(browser, page):
    thing = ResourceFactory() if page == "check" else CrisisLineFactory()

    assert get(browser, page, thing.public_id).status_code == 405
    assert AuditEntry.objects.count() == 0


# -- the directory ----------------------------------------------------------------------------
def test_drafts_are_for_admins(client, browser):
    draft = ResourceFactory(name="Quay Street", published=False, checked_on=None, checked_by=None)

    assert named(get(client, "list")) == []
    assert get(client, "detail", draft.slug).status_code == 404
    assertContains(get(browser, "detail", draft.slug), "Draft. Only admins see it")


def test_looking_leaves_no_trace(client, as_person, caplog):
    place, member = ResourceFactory(), as_person(UserFactory())
    member.get("/resources/")
    sessions = list(Session.objects.values())

    for browser in (client, member):
        for response in (get(browser, "list", q="money"), get(browser, "detail", place.slug), get(browser, "help")):
            assert response.status_code == 200
            assert response.cookies.keys() == set()

    assert AuditEntry.objects.count() == 0
    assert list(Session.objects.values()) == sessions
    assert [record for record in caplog.records if "place" in record.getMessage()] == []


def test_places_are_found_by_words_and_narrowed_by_choices(client):
    ResourceFactory(
        name="Night Kitchen", kind="food", cost="free", area="Quay Street", phone="", url="https://k.example"
    )
    ResourceFactory(name="Steady Money", kind="money", cost="free", languages="Soomaali")
    ResourceFactory(name="Quay Counsel", kind="talk", cost="paid")

    assert named(get(client, "list")) == ["Night Kitchen", "Quay Counsel", "Steady Money"]
    assert named(get(client, "list", q="quay")) == ["Night Kitchen", "Quay Counsel"]
    assert named(get(client, "list", q="SOOMAALI money")) == ["Steady Money"]
    assert named(get(client, "list", kind=["food", "money"])) == ["Night Kitchen", "Steady Money"]
    assert named(get(client, "list", cost="paid")) == ["Quay Counsel"]
    assert named(get(client, "list", by="web")) == ["Night Kitchen"]
    assert named(get(client, "list", by=["web", "phone"], cost="free")) == ["Night Kitchen", "Steady Money"]
    assert len(named(get(client, "list", kind="magic"))) == 3
    assertContains(get(client, "list", q="castle"), "Nothing fits all of that")


def test_an_empty_directory_says_what_will_be_here(client):
    assertContains(get(client, "list"), "Nothing here yet")


def test_a_place_that_nobody_looked_at_for_six_months_says_so(client):
    ResourceFactory(checked_on=timezone.localdate() - timedelta(days=183))

    assertContains(get(client, "list"), "May be out of date", count=1)


@pytest.mark.parametrize("places", [1, 20])
def test_the_directory_asks_the_same_questions_for_every_page(client, places, django_assert_num_queries):
    ResourceFactory.create_batch(places)

    with django_assert_num_queries(4):
        get(client, "list")


def test_the_pages_of_the_directory_end(client):
    ResourceFactory.create_batch(30)

    assert len(named(get(client, "list"))) == 20
    assert len(named(get(client, "list", page="2"))) == 10
    assert len(named(get(client, "list", page="9" * 30))) == 10
    assertContains(get(client, "list", cost="", q="place"), "?cost=&amp;q=place&amp;page=2")


def test_a_place_can_be_reached_in_this_window_and_without_telling_where_from(client):
    place = ResourceFactory(**PLACE, email="soup@example.org", checked_by__display_name="Priya")
    ResourceFactory(name="Other kitchen", kind="food")
    ResourceFactory(name="Another place")

    response = get(client, "detail", place.slug)

    assertContains(response, 'href="tel:01174960148"')
    assertContains(response, 'href="https://kitchen.example.org" rel="noreferrer"')
    assertContains(response, 'href="mailto:soup@example.org"')
    assertContains(response, "<li>Come in.</li><li>Sit down.</li>")
    assertContains(response, "by Priya.")
    assertNotContains(response, "_blank")
    assert [other.name for other in response.context["others"]] == ["Other kitchen", "Another place"]


def test_whoever_checked_it_and_left_is_not_named(client):
    place = ResourceFactory(checked_by__display_name="")

    assertNotContains(get(client, "detail", place.slug), "by Someone new")


# -- help now ---------------------------------------------------------------------------------
def test_help_says_something_before_anybody_confirmed_anything(client):
    response = get(client, "help")

    assertContains(response, "call your local emergency number")
    assertContains(response, "https://findahelpline.com")


def test_help_names_danger_first_then_a_line_then_us_then_elsewhere(client):
    Organisation.objects.update(contact="0117 496 0100", hours="Monday to Friday")
    CrisisLineFactory(position=1)
    CrisisLineFactory(position=2, name="Emergency", number="999", emergency=True, words="Danger")
    CrisisLineFactory(number="116 000", elsewhere=True, country="Ireland", words="At any hour")
    CrisisLineFactory(number="111 111", confirmed_at=None, confirmed_by=None)

    body = get(client, "help").content.decode()

    main = body[: body.index("<footer")]
    order = ['"tel:999"', '"tel:116123"', '"tel:01174960100"', "Ireland:", '"tel:116000"']
    assert sorted(order, key=main.index) == order
    assert "111 111" not in body
    assert "<form" not in main[main.index("<main") :]


def test_the_foot_of_every_page_names_the_confirmed_lines_and_no_other(client):
    CrisisLineFactory()
    CrisisLineFactory(number="116 000", elsewhere=True, country="Ireland")
    CrisisLineFactory(number="111 111", confirmed_at=None, confirmed_by=None)

    body = get(client, "list").content.decode()

    assert "Call 116 123" in body
    assert "116 000" not in body
    assert "111 111" not in body


# -- keeping the directory right --------------------------------------------------------------
def test_a_place_is_written_down_checked_and_published(browser, admin):
    response = post(browser, "new", **PLACE, checked="on", published="on")

    place = Resource.objects.get()
    assertRedirects(response, reverse("resources:edit", args=[place.public_id]))
    assert {name: getattr(place, name) for name in PLACE} == PLACE
    assert (place.published, place.checked_on, place.checked_by) == (True, timezone.localdate(), admin)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Say what it is called"),
        ({"cost": ""}, "Say what it costs"),
        ({"kind": ""}, "Say what kind of help it is"),
        ({"phone": "0117 call us"}, "Enter a phone number people can ring, like 0117 496 0148"),
        ({"url": "http://kitchen.example.org"}, "Enter a web address that starts with https://"),
        ({"url": "javascript:alert(1)"}, "Enter a web address that starts with https://"),
        ({"email": "soup"}, "Enter an e-mail address, like name@example.org"),
        ({"published": "on"}, "Ring them or look at their page first, then tick this"),
        (
            {"published": "on", "checked": "on", "phone": "", "url": ""},
            "Give one way to reach them: a phone number, a website or an e-mail address",
        ),
        ({"name": "night KITCHEN", "what_for": "Twice"}, "A place with this name is here already."),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(browser, fields, words):
    ResourceFactory(name="Night kitchen" if fields.get("what_for") else "Elsewhere")

    response = post(browser, "new", **PLACE | {"good_to_know": "Bring a cup"} | fields)

    assertContains(response, words, count=2, status_code=422)
    assertContains(response, "Bring a cup", status_code=422)
    assert Resource.objects.count() == 1


def test_checked_today_is_one_press(browser, admin):
    place = ResourceFactory(checked_on=timezone.localdate() - timedelta(days=200))

    assertRedirects(post(browser, "check", place.public_id), reverse("resources:edit", args=[place.public_id]))

    place.refresh_from_db()
    assert (place.checked_on, place.checked_by) == (timezone.localdate(), admin)


@pytest.mark.parametrize("places", [1, 25])
def test_the_admins_list_asks_the_same_questions_for_every_page(browser, places, django_assert_num_queries):
    for _ in range(places):
        ResourceFactory(checked_by=AdminFactory())
    get(browser, "manage")

    with django_assert_num_queries(9):
        get(browser, "manage")


def test_the_admins_list_shows_what_is_stale_and_what_is_a_draft(browser):
    ResourceFactory(name="Fresh")
    ResourceFactory(name="Stale", checked_on=timezone.localdate() - timedelta(days=183))
    ResourceFactory(name="Draft", published=False, checked_on=None, checked_by=None)

    assert named(get(browser, "manage")) == ["Draft", "Fresh", "Stale"]
    assert named(get(browser, "manage", show="stale")) == ["Stale"]
    assert named(get(browser, "manage", show="drafts")) == ["Draft"]


# -- keeping the help lines right -------------------------------------------------------------
def tick(line):
    return f"{line.public_id}.{CrisisLine.objects.get(pk=line.pk).stamp}"


def test_a_line_is_written_down_and_waits(browser):
    assertRedirects(post(browser, "line-new", **LINE), reverse("resources:lines"))

    assert list(CrisisLine.objects.confirmed()) == []
    assertContains(get(browser, "lines"), "Waiting for a name")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Say who answers"),
        ({"words": ""}, "Write what stands beside the number"),
        ({"number": ""}, "Enter the number people call or text"),
        ({"number": "call me"}, "Enter a phone number people can ring, like 0117 496 0148"),
        ({"channel": "web"}, "Enter the address of the web chat"),
        ({"channel": "web", "url": "http://chat.example.org"}, "Enter a web address that starts with https://"),
        ({"elsewhere": "on"}, "Say which country it is for"),
    ],
)
def test_a_line_that_nobody_can_reach_is_refused_in_words(browser, fields, words):
    response = post(browser, "line-new", **LINE | fields)

    assertContains(response, words, count=2, status_code=422)
    assert CrisisLine.objects.count() == 0


def test_changing_a_confirmed_line_leaves_it_standing(browser):
    line = CrisisLineFactory()

    post(browser, "line-edit", line.public_id, **LINE | {"number": "116 124"})

    assert list(CrisisLine.objects.confirmed().values_list("number", flat=True)) == ["116 123"]
    assertContains(get(browser, "line-edit", line.public_id), "116 124")
    assertContains(get(browser, "lines-confirm"), "In place of “Call 116 123.")


def test_a_line_that_went_meanwhile_is_not_edited(browser):
    line = CrisisLineFactory(retired_at=timezone.now())

    assertRedirects(post(browser, "line-edit", line.public_id, **LINE), reverse("resources:lines"))
    assert CrisisLine.objects.count() == 1


def test_lines_are_confirmed_one_tick_each(browser, admin):
    danger = CrisisLineFactory(number="999", emergency=True, confirmed_at=None, confirmed_by=None)
    talk = CrisisLineFactory(confirmed_at=None, confirmed_by=None)

    response = post(browser, "lines-confirm", lines=[tick(danger), tick(talk)])

    assertRedirects(response, reverse("resources:lines"))
    assert list(CrisisLine.objects.confirmed()) == [danger, talk]
    assert Organisation.current().crisis_confirmed_by == admin


def test_nothing_ticked_confirms_nothing(browser):
    CrisisLineFactory(confirmed_at=None, confirmed_by=None)

    assertContains(post(browser, "lines-confirm"), "Tick each line that you rang or looked up", status_code=422)
    assert list(CrisisLine.objects.confirmed()) == []


def test_a_line_that_changed_under_the_tick_is_not_confirmed(browser):
    line = CrisisLineFactory(confirmed_at=None, confirmed_by=None)
    old = tick(line)
    save_line(AdminFactory(), line=line, number="116 999")

    response = post(browser, "lines-confirm", lines=[old])

    assertContains(response, "Somebody changed these lines while you were looking.", status_code=422)
    assertContains(response, "116 999", status_code=422)
    assert list(CrisisLine.objects.confirmed()) == []


def test_the_last_line_stays_and_the_page_says_why(browser):
    danger, talk = CrisisLineFactory(emergency=True), CrisisLineFactory()
    post(browser, "lines-confirm", lines=[tick(danger), tick(talk)])

    response = browser.post(reverse("resources:line-retire", args=[talk.public_id]), follow=True)

    assertContains(response, "Confirm another line in its place first.")
    assert list(CrisisLine.objects.confirmed()) == [danger, talk]


def test_a_line_moves_up(browser):
    first, second = CrisisLineFactory(position=1), CrisisLineFactory(position=2)

    assertRedirects(post(browser, "line-up", second.public_id), reverse("resources:lines"))
    assert list(CrisisLine.objects.confirmed()) == [second, first]
