"""A person's own list of what they were told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notices import registry
from notices.models import Notice
from tests.factories import NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(monkeypatch, subject):
    """Another topic, of the area "news"; that of the tests stands under "sessions"."""
    topic = replace(registry.topic("test"), area="sessions")
    monkeypatch.setitem(registry._topics, "test", topic)
    other = replace(topic, name="other", area="news", line=lambda ids, user: "Something was said")
    monkeypatch.setitem(registry._topics, "other", other)


def unread():
    return set(Notice.objects.unread().values_list("pk", flat=True))


def test_nobody_opens_a_notice_of_somebody_else(as_person, subject):
    notice = NoticeFactory()

    assert as_person(UserFactory()).post(f"/notices/{notice.public_id}/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_opening_marks_it_as_read_and_leads_on(as_person, subject):
    notice = NoticeFactory()

    response = as_person(notice.user).post(f"/notices/{notice.public_id}/")

    assert (response.status_code, response.url) == (302, "/home/")
    assert Notice.objects.get().read_at is not None


def test_looking_at_the_list_marks_nothing(as_person, subject):
    notice = NoticeFactory()

    response = as_person(notice.user).get("/notices/")

    assert "A seat is free" in response.text
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_as_often_for_one_as_for_thirty(as_person, news, django_assert_num_queries, rows):
    user = UserFactory()
    NoticeFactory.create_batch(rows, user=user)
    NoticeFactory()
    browser = as_person(user)
    browser.get("/notices/")

    with django_assert_num_queries(8):
        response = browser.get("/notices/")

    assert response.text.count("A seat is free</strong>") == min(rows, 25)


def test_an_empty_list_says_what_will_stand_there(as_person, subject):
    assert "Nothing yet." in as_person(UserFactory()).get("/notices/").text


def test_what_is_new_stands_first(as_person, news):
    user, now = UserFactory(), timezone.now()
    NoticeFactory(user=user, topic="test", read_at=now)
    NoticeFactory(user=user, topic="other", created_at=now - timedelta(days=9))

    text = as_person(user).get("/notices/").text

    assert text.index("Something was said") < text.index("A seat is free")
    assert (text.count(">New<"), "1 is new." in text) == (1, True)


def test_the_filter_shows_one_area_and_knows_what_there_is(as_person, news):
    user = UserFactory()
    NoticeFactory(user=user, topic="test")
    NoticeFactory(user=user, topic="other")
    browser = as_person(user)

    text = browser.get("/notices/?area=news").text

    assert ("Something was said" in text, "A seat is free" in text) == (True, False)
    assert ('value="sessions"' in text, 'value="groups"' in text) == (True, False)


@pytest.mark.parametrize("query", ["area=weather", "area=%F0%9F%90%A6", "page=0", "page=-1", "page=x", "page=²"])
def test_what_makes_no_sense_shows_everything(as_person, news, query):
    notice = NoticeFactory()

    assert "A seat is free" in as_person(notice.user).get(f"/notices/?{query}").text


def test_pages_go_on_and_end(as_person, news):
    user = UserFactory()
    NoticeFactory.create_batch(26, user=user)
    browser = as_person(user)

    first, second, third = (browser.get(f"/notices/?page={n}").text for n in (1, 2, 999))

    assert [page.count("A seat is free</strong>") for page in (first, second, third)] == [25, 1, 0]
    assert ("page=2" in first, "page=3" in second, "Show everything" in third) == (True, False, True)


def test_all_is_marked_as_read_and_nothing_of_anybody_else(as_person, news):
    user, other = UserFactory(), NoticeFactory()
    NoticeFactory.create_batch(2, user=user)

    page = as_person(user).get("/notices/").text
    assert page.index("Mark all as read") < page.index('role="listitem"')  # not at the end of a long list
    response = as_person(user).post("/notices/read/")

    assert (response.status_code, response.url, unread()) == (302, "/notices/", {other.pk})


def test_only_what_the_filter_showed_is_marked_as_read(as_person, news):
    user = UserFactory()
    stays, goes = NoticeFactory(user=user, topic="test"), NoticeFactory(user=user, topic="other")

    response = as_person(user).post("/notices/read/", {"area": "news"})

    assert (response.url, unread()) == ("/notices/?area=news", {stays.pk})
    assert goes.pk not in unread()


def test_a_topic_that_is_gone_has_a_kind_line_and_leads_back(as_person, subject):
    notice = NoticeFactory(topic="was once")
    browser = as_person(notice.user)

    assert "not there any more" in browser.get("/notices/").text
    response = browser.post(f"/notices/{notice.public_id}/", follow=True)
    assert "nothing you need to do" in response.text


def test_where_mail_is_discreet_the_title_tells_nothing(as_person, subject):
    assert "<title>Notes</title>" in as_person(UserFactory(discreet=True)).get("/notices/").text
