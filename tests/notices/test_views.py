"""A person's own list of what they were told."""

import pytest

from notices.models import Notice
from tests.factories import NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db


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
def test_the_list_asks_as_often_for_one_as_for_thirty(as_person, subject, django_assert_num_queries, rows):
    user = UserFactory()
    NoticeFactory.create_batch(rows, user=user)
    NoticeFactory()
    browser = as_person(user)
    browser.get("/notices/")

    with django_assert_num_queries(6):
        response = browser.get("/notices/")

    assert response.text.count("A seat is free</p>") == rows


def test_an_empty_list_says_what_will_stand_there(as_person, subject):
    assert "Nothing yet." in as_person(UserFactory()).get("/notices/").text
