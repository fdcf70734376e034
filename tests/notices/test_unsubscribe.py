"""One click ends mails of a kind, without signing in (RFC 8058)."""

import pytest
from django.core import signing
from django.test import Client

from notices.letters import SALT, unsubscribe_path
from notices.models import Preference
from notices.services import mail_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def person():
    return UserFactory(display_name="quartzcanary", email="quartzcanary@example.org")


def signed(*parts, salt=SALT):
    return f"/m/{signing.dumps(list(parts), salt=salt)}/"


def test_looking_at_it_changes_nothing_and_tells_nothing(client, person):
    for method in (client.get, client.head):
        response = method(unsubscribe_path(person, "news"))
        assert (response.status_code, response["Cache-Control"], response["X-Robots-Tag"]) == (
            200,
            "no-store",
            "noindex",
        )

    text = client.get(unsubscribe_path(person, "news")).text
    assert [
        word for word in ("quartz", "news", "News", "group") if word in text.split("<main")[1].split("</main")[0]
    ] == []
    assert not Preference.objects.exists()


def test_one_click_of_a_mail_program_ends_them(person):
    program = Client(enforce_csrf_checks=True)

    response = program.post(unsubscribe_path(person, "news"), ONE_CLICK)

    assert (response.status_code, "quartz" in response.text) == (200, False)
    assert [area for area, wanted in mail_of(person).items() if not wanted] == ["news"]
    assert response.cookies.keys() == set()


def test_a_second_click_is_answered_the_same(client, person):
    path = unsubscribe_path(person, "news")

    assert client.post(path, ONE_CLICK).text == client.post(path, ONE_CLICK).text
    assert Preference.objects.count() == 1


def test_links_that_are_not_ours_are_answered_alike(client, person):
    gone = UserFactory(state="suspended", is_active=False)
    whole = unsubscribe_path(person, "news")
    bad = [
        "/m/x/",
        whole[:-3] + "/",
        signed(person.public_id.hex, "z"),
        signed(person.public_id.hex, "d", salt="checkins.link"),
        signed("no such person", "d"),
        signed(7, "d"),
        signed(person.public_id.hex),
        signed(gone.public_id.hex, "d"),
        f"/m/{signing.dumps('x', salt=SALT)}/",
        f"/m/{signing.dumps({'a': 1}, salt=SALT)}/",
    ]

    answers = [
        (response.status_code, response.text) for path in bad for response in (client.get(path), client.post(path))
    ]

    assert {status for status, _text in answers} == {404}
    assert len({text for _status, text in answers}) == 1
    assert not Preference.objects.exists()
