"""The pages of news: words first, then the number and the yes, five minutes to take it back, and the list."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django.utils.html import escape

from groups.models import Announcement
from tests.factories import FacilitatorFactory, MembershipFactory, OrganisationFactory, news

pytestmark = pytest.mark.django_db
WORDS = "We meet in the <other> room.\nBring a cup."


@pytest.fixture
def seat(client):
    seat = FacilitatorFactory(alias="Marisol")
    MembershipFactory.create_batch(2, group=seat.group)
    client.force_login(seat.user)
    return seat


def address(seat, end="run/news/"):
    return f"/groups/{seat.group.slug}/{end}"


def looked_at(client, seat, **given):
    return client.post(address(seat), {"words": WORDS, "step": "look"} | given)


def hidden(response):
    form = response.context["form"]
    return {"words": WORDS, "people": form.now, "once": form.once_more, "step": "send"}


def test_members_do_not_write(client, seat):
    client.force_login(seat.group.memberships.last().user)

    assert client.get(address(seat)).status_code == 404
    assert client.post(address(seat), {"words": WORDS, "step": "look"}).status_code == 404


def test_nothing_written_is_said_at_the_field(client, seat):
    response = client.post(address(seat), {"words": " ", "step": "look"})

    assert response.status_code == 422
    assert "Write what you want to tell them" in response.content.decode()


def test_looking_sends_nothing_and_names_the_group_and_the_number(client, seat):
    page = looked_at(client, seat)

    body = page.content.decode()
    assert page.status_code == 200
    assert "To 2 people" in body
    assert escape(seat.group.name) in body
    assert "&lt;other&gt;" in body
    assert not Announcement.objects.exists()


def test_going_back_keeps_the_words(client, seat):
    page = client.post(address(seat), hidden(looked_at(client, seat)) | {"step": "", "again": "1"})

    assert page.status_code == 200
    assert "Bring a cup." in page.content.decode()
    assert not Announcement.objects.exists()


def test_sending_offers_to_take_it_back(client, seat):
    sent = client.post(address(seat), hidden(looked_at(client, seat)), follow=True)

    row = Announcement.objects.get()
    body = sent.content.decode()
    assert "five minutes" in body
    assert address(seat, f"run/news/{row.public_id}/back/") in body
    back = client.post(address(seat, f"run/news/{row.public_id}/back/"), follow=True)
    assert "Nobody was told" in back.content.decode()


def test_the_second_click_sends_one(client, seat):
    data = hidden(looked_at(client, seat))
    client.post(address(seat), data)
    again = client.post(address(seat), data)

    assert urlsplit(again.url).path == address(seat, "news/")
    assert Announcement.objects.count() == 1


def test_a_new_number_comes_back_with_every_word(client, seat):
    data = hidden(looked_at(client, seat))
    MembershipFactory(group=seat.group)
    page = client.post(address(seat), data)

    body = page.content.decode()
    assert page.status_code == 422
    assert "To 3 people" in body
    assert "Bring a cup." in body
    assert not Announcement.objects.exists()


def test_more_than_25_people_are_typed(client, seat):
    MembershipFactory.create_batch(24, group=seat.group)
    page = looked_at(client, seat)
    assert "Type that number" in page.content.decode()

    for typed in ("", "25", "many"):
        refused = client.post(address(seat), hidden(page) | {"typed": typed})
        assert refused.status_code == 422
        assert "Bring a cup." in refused.content.decode()
    assert not Announcement.objects.exists()

    client.post(address(seat), hidden(page) | {"typed": "26"})
    assert Announcement.objects.get().people == 26


def test_for_a_few_no_number_is_typed(client, seat):
    assert "Type that number" not in looked_at(client, seat).content.decode()


def test_too_much_in_an_hour_keeps_the_words(client, seat):
    OrganisationFactory(news_an_hour=1)
    page = client.post(address(seat), hidden(looked_at(client, seat)))

    assert page.status_code == 422
    assert "Bring a cup." in page.content.decode()


@pytest.mark.parametrize("data", [{}, {"people": "x"}, {"once": "x"}, {"people": "", "once": ""}])
def test_a_form_that_was_changed_on_the_way_is_looked_at_again(client, seat, data):
    page = client.post(address(seat), {"words": WORDS, "step": "send"} | data)

    assert page.status_code == 422
    assert not Announcement.objects.exists()


def test_members_read_what_is_out_and_nothing_else(client, seat):
    out = news(seat.group, seat.user, "Out already.", told_at=timezone.now())
    waits = news(seat.group, seat.user, "Still waits.")
    client.force_login(seat.group.memberships.last().user)

    body = client.get(address(seat, "news/")).content.decode()
    assert "Out already." in body
    assert "Marisol" in body
    assert "Still waits." not in body
    assert "Take it back" not in body
    assert client.get(address(seat, f"news/{out.public_id}/")).status_code == 200
    assert client.get(address(seat, f"news/{waits.public_id}/")).status_code == 404


def test_those_who_run_it_see_what_waits_and_what_was_taken_back(client, seat):
    news(seat.group, seat.user, "Still waits.")
    now = timezone.now()
    news(seat.group, seat.user, "Was a mistake.", taken_back_at=now, taken_back_by=seat.user)

    body = client.get(address(seat, "news/")).content.decode()
    assert body.count("Take it back") == 1
    assert "Taken back" in body


def test_nothing_yet(client, seat):
    assert "Nothing here yet" in client.get(address(seat, "news/")).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_same_however_long_it_is(client, seat, rows, django_assert_num_queries):
    for number in range(rows):
        told = timezone.now() - timedelta(minutes=number)
        news(seat.group, seat.user, f"News {number}.", told_at=told, written_at=told)
    with django_assert_num_queries(17):
        assert client.get(address(seat, "news/")).status_code == 200
