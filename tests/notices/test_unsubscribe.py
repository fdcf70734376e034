"""One click ends mails of a kind, without signing in (RFC 8058)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from django.core import signing
from django.test import Client

from notices.areas import AREAS
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
        whole[:-6] + "AAAAA/",
        unsubscribe_path(gone, "news"),
        f"/m/{'!' * 43}/",
        f"/m/{'!' * 4}{'A' * 39}/",
        f"/m/{'é' * 43}/",
        f"/m/{'A' * 43}/",
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


# -- what a stranger reads in the link ----------------------------------------------------------
def decoded(path):
    """Every part of a link that could be base64, opened, beside the link itself."""
    parts = [part for part in re.split(r"[^A-Za-z0-9_-]+", path) if len(part) > 1]
    return [path.encode(), *[urlsafe_b64decode(part[: len(part) // 4 * 4]) for part in parts]]


def test_what_can_be_decoded_of_a_link_is_the_random_id_and_no_kind_of_mail(person):
    for area in AREAS.values():
        path = unsubscribe_path(person, area.name)
        for text in decoded(path):
            rest = text.replace(person.public_id.bytes, b"")
            assert not re.search(rf"{area.name}|{area.title}|[\"']{area.code}[\"']".encode(), rest, re.IGNORECASE)
    old = f"/m/{signing.dumps([person.public_id.hex, 'd'], salt=SALT)}/"
    assert any(b'"d"' in text for text in decoded(old))  # which is what these tests would find


def test_the_same_kind_of_mail_looks_like_nothing_in_two_links():
    people = UserFactory.create_batch(4)
    codes = {(area, decoded(unsubscribe_path(person, area))[-1][16:]) for person in people for area in AREAS}
    pieces = [code[at : at + 3] for _area, code in codes for at in range(len(code) - 2)]

    assert len(codes) == 4 * len(AREAS)
    assert len(pieces) - len(set(pieces)) <= 2  # one by chance is rare, three are a pattern


def test_each_area_is_found_again_also_with_a_key_that_was_changed_since(person, settings, client):
    paths = {area: unsubscribe_path(person, area) for area in AREAS}
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of fifty letters " * 2

    for area, path in paths.items():
        client.post(path, ONE_CLICK)
        assert not mail_of(person)[area]
        assert sum(wanted for wanted in mail_of(person).values()) == len(AREAS) - Preference.objects.count()
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(paths["news"]).status_code == 404


def test_a_code_fits_nobody_else_and_no_other_link(person, client):
    other = UserFactory()
    token = urlsafe_b64decode(unsubscribe_path(person, "news").removeprefix("/m/").removesuffix("/") + "=")
    swapped = other.public_id.bytes + token[16:]

    assert client.get(f"/m/{_token(token)}/").status_code == 200
    assert client.get(f"/m/{_token(swapped)}/").status_code == 404


def _token(whole):
    return urlsafe_b64encode(whole).rstrip(b"=").decode()


def test_links_that_were_sent_before_still_end_what_they_ended(person, client):
    assert client.post(signed(person.public_id.hex, "e"), ONE_CLICK).status_code == 200
    assert [area for area, wanted in mail_of(person).items() if not wanted] == ["replies"]
