"""One click ends mails of a kind, without signing in (RFC 8058)."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from timeit import repeat

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.utils.crypto import salted_hmac

from notices.areas import AREAS
from notices.letters import SALT, unsubscribe_path
from notices.models import Preference
from notices.services import mail_of
from people.letters import close_token
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


def not_ours(person, gone):
    whole = unsubscribe_path(person, "news")
    return [
        "/m/x/",
        whole[:-3] + "/",
        whole[:-6] + "AAAAA/",
        unsubscribe_path(gone, "news"),
        f"/m/{'!' * 43}/",
        f"/m/{'!' * 4}{'A' * 39}/",
        f"/m/{'é' * 43}/",
        f"/m/{'A' * 43}/",
        f"/m/{'A' * 60}/",
        f"/m/{close_token(SALT, bytes(16) + b'd')}/",
        f"/m/{close_token(SALT, person.public_id.bytes + b'z')}/",
        f"/m/{close_token(SALT, person.public_id.bytes + bytes([255]))}/",
        f"/m/{close_token('another', person.public_id.bytes + b'd')}/",
        signed(person.public_id.hex, "z"),
        signed(person.public_id.hex, "d", salt="checkins.link"),
        signed("no such person", "d"),
        signed(7, "d"),
        signed(person.public_id.hex),
        signed(gone.public_id.hex, "d"),
        f"/m/{signing.dumps('x', salt=SALT)}/",
        f"/m/{signing.dumps({'a': 1}, salt=SALT)}/",
    ]


def test_links_that_are_not_ours_are_answered_alike(client, person):
    bad = not_ours(person, UserFactory(state="suspended", is_active=False))

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


def test_nobody_reads_in_a_link_whose_it_is_or_which_kind_of_mail(person):
    for area in AREAS.values():
        for text in decoded(unsubscribe_path(person, area.name))[1:]:
            assert person.public_id.bytes[:4] not in text
            assert not re.search(rf"{area.name}|{area.title}|[\"']{area.code}[\"']".encode(), text, re.IGNORECASE)
    first = f"/m/{signing.dumps([person.public_id.hex, 'd'], salt=SALT)}/"
    assert any(b'"d"' in text for text in decoded(first))  # which is what these tests would find
    assert any(person.public_id.bytes in text for text in decoded(f"/m/{before(person, 'news')}/"))


def test_two_mails_have_nothing_in_common_and_all_links_are_as_long():
    """Also where they are for one person, and of one kind (T1)."""
    people = UserFactory.create_batch(3)
    links = [unsubscribe_path(person, area) for person in people for area in AREAS for _mail in range(3)]
    pieces = [whole[at : at + 6] for link in links for whole in decoded(link)[1:] for at in range(len(whole) - 5)]

    assert {len(link) for link in links} == {64}
    assert len(set(pieces)) == len(pieces)


def test_making_one_takes_less_than_sixty_millionths_of_a_second(person):
    unsubscribe_path(person, "news")
    best = min(repeat(lambda: unsubscribe_path(person, "news"), number=100, repeat=20)) / 100

    assert best < 60e-6


def test_each_area_is_found_again_also_with_a_key_that_was_changed_since(person, settings, client):
    paths = {area: unsubscribe_path(person, area) for area in AREAS}
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of fifty letters " * 2

    for area, path in paths.items():
        client.post(path, ONE_CLICK)
        assert not mail_of(person)[area]
        assert sum(wanted for wanted in mail_of(person).values()) == len(AREAS) - Preference.objects.count()
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(paths["news"]).status_code == 404


# -- links that were sent before ----------------------------------------------------------------
def before(person, area):
    """A token as it was until November 2026: the person's id, and a code of the area."""
    said = person.public_id.bytes + area.encode()
    code = salted_hmac(SALT, said, secret=settings.SECRET_KEY, algorithm="sha256").digest()[:16]
    return urlsafe_b64encode(person.public_id.bytes + code).rstrip(b"=").decode()


def test_a_code_fits_nobody_else(person, client):
    token = urlsafe_b64decode(before(person, "news") + "=")
    swapped = UserFactory().public_id.bytes + token[16:]

    assert client.get(f"/m/{before(person, 'news')}/").status_code == 200
    assert client.get(f"/m/{urlsafe_b64encode(swapped).rstrip(b'=').decode()}/").status_code == 404


@pytest.mark.parametrize("area", AREAS)
def test_they_still_end_what_they_ended(person, client, area):
    first = signed(person.public_id.hex, AREAS[area].code)
    for path in (f"/m/{before(person, area)}/", first):
        Preference.objects.all().delete()
        assert client.post(path, ONE_CLICK).status_code == 200
        assert [name for name, wanted in mail_of(person).items() if not wanted] == [area]
