"""The pages of what is not right: from a group, a session, a person or a message; and those who see to it."""

import pytest
from django.utils import timezone

from notes.models import Report
from tests.factories import (
    FollowUpFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
    news,
    reply,
    report,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead():
    return SafetyLeadFactory(display_name="Priya")


def facilitator_of(seat):
    return seat.group.memberships.facilitators().get()


def test_what_cannot_be_seen_cannot_be_reported(client, seat):
    hidden = GroupFactory(listed=False)
    session = SessionFactory(group=hidden)
    elsewhere = MembershipFactory(group=hidden)
    unsent = news(seat.group, facilitator_of(seat).user, "Waits.")
    for path in (
        f"group/{hidden.slug}",
        f"session/{session.public_id}",
        f"person/{elsewhere.public_id}",
        f"person/{seat.public_id}",
        f"news/{unsent.public_id}",
        "person/nobody",
        "message/7",
        f"secret/{seat.group.slug}",
    ):
        assert client.get(f"/report/{path}/").status_code == 404, path
        assert client.post(f"/report/{path}/", {"words": "x"}).status_code == 404, path

    assert not Report.objects.exists()


def test_somebody_in_a_group_where_names_are_hidden_is_not_found_by_guessing(client, seat):
    other = MembershipFactory(group=seat.group)
    seat.group.shows_members = False
    seat.group.save()

    assert client.get(f"/report/person/{other.public_id}/").status_code == 404
    assert client.get(f"/report/person/{facilitator_of(seat).public_id}/").status_code == 200


def test_a_person_is_passed_on_without_a_name_in_the_address_or_the_title(client, seat, lead):
    page = client.get(f"/report/person/{facilitator_of(seat).public_id}/")
    body = page.content.decode()
    assert "Marisol" not in body
    assert "Priya" in body

    sent = client.post(page.wsgi_request.path, {"words": "What happened.", "may_contact": ""}, follow=True)
    row = Report.objects.get()
    assert (row.about, row.group, row.may_contact) == (facilitator_of(seat).user, seat.group, False)
    assert "Not yet seen" in sent.content.decode()
    assert "What happened." not in sent.content.decode()


@pytest.mark.parametrize("kind", ["group", "session", "news"])
def test_each_kind_says_what_it_is_about(client, seat, lead, kind):
    facilitator = facilitator_of(seat).user
    keys = {
        "group": seat.group.slug,
        "session": SessionFactory(group=seat.group).public_id,
        "news": news(seat.group, facilitator, "Told.", told_at=timezone.now()).public_id,
    }
    client.post(f"/report/{kind}/{keys[kind]}/", {"words": "Not right."})

    row = Report.objects.get()
    assert row.group == seat.group
    assert (row.session is not None) == (kind == "session")
    assert (row.announcement is not None) == (kind == "news")
    assert row.about == (facilitator if kind == "news" else None)


def test_a_message_is_passed_on_by_whom_it_was_written_to_and_nobody_else(client, seat, lead):
    facilitator = facilitator_of(seat).user
    thread = FollowUpFactory(about=seat.user, group=seat.group, cause="support")
    path = f"/report/message/{reply(thread, facilitator, 'Words.').public_id}/"
    for stranger in (UserFactory(), MembershipFactory(group=seat.group).user, facilitator):
        client.force_login(stranger)
        assert client.get(path).status_code == 404

    client.force_login(seat.user)
    assert "Priya" in client.get(path).content.decode()
    client.post(path, {"words": "Not right."})
    row = Report.objects.get()
    assert (row.about, row.group, row.reporter) == (facilitator, seat.group, seat.user)
    assert row.reply_id is not None


def test_nothing_written_is_said_at_the_field(client, seat, lead):
    page = client.post(f"/report/group/{seat.group.slug}/", {"words": ""})

    assert page.status_code == 422
    assert "Write a few words about what is not right" in page.content.decode()


def test_too_many_keep_their_words(client, seat, lead):
    for _number in range(10):
        report(seat.user, "Before.", group=seat.group)
    page = client.post(f"/report/group/{seat.group.slug}/", {"words": "Kept on the page."})

    assert page.status_code == 422
    assert "Kept on the page." in page.content.decode()


def test_whoever_sees_to_it_reads_whose_words_they_are_only_with_a_yes(client, seat, lead):
    quiet = report(seat.user, "Quiet words.", group=seat.group)
    open_ = report(seat.user, "Open words.", group=seat.group, may_contact=True)
    client.force_login(lead)

    body = client.get(f"/reports/{quiet.public_id}/").content.decode()
    assert "Quiet words." in body
    assert "Wren" not in body
    assert "Wren" in client.get(f"/reports/{open_.public_id}/").content.decode()


def test_it_is_closed_with_what_came_of_it(client, seat, lead):
    row = report(seat.user, "Words.", group=seat.group)
    client.force_login(lead)
    assert client.post(f"/reports/{row.public_id}/close/", {}).status_code == 422

    client.post(f"/reports/{row.public_id}/close/", {"outcome": "changed"})
    client.force_login(seat.user)
    assert "Something was changed" in client.get("/you/reports/").content.decode()


def test_others_find_no_list(client, seat):
    assert client.get("/reports/").status_code == 404
    client.force_login(UserFactory())
    assert "Nothing yet" in client.get("/you/reports/").content.decode()


def test_the_list_says_what_is_open_whose_it_is_and_what_comes_next(client, seat, lead):
    client.force_login(lead)
    assert "Nothing waits." in client.get("/reports/").content.decode()
    now, other = timezone.now(), SafetyLeadFactory(display_name="Bola")
    closed = {"state": "closed", "closed_at": now, "closed_by": lead, "outcome": "talked"}
    given = [closed, {"state": "seen", "handler": other}, {"state": "seen", "handler": lead}, {}, {"left_at": now}]
    rows = [report(seat.user, "canary", group=seat.group, **fields) for fields in given]

    page = client.get("/reports/").content.decode()
    first = [rows[3], rows[4], rows[1], rows[2], rows[0]]
    assert sorted(rows, key=lambda row: page.index(str(row.public_id))) == first
    said = ["Bola has it", "You have it", "Not yet seen", "Waits for somebody new", "say what came of it"]
    assert [words for words in said if words not in page] == []
    assert [words for words in ("canary", "Wren", "Nothing waits.") if words in page] == []


def test_whoever_passed_it_on_reads_that_it_waits_for_somebody_new(client, seat, lead):
    report(seat.user, "canary", group=seat.group, left_at=timezone.now())

    assert "Waits for somebody new" in client.get("/you/reports/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_the_same_however_long_it_is(client, lead, seat, rows, django_assert_num_queries):
    for _number in range(rows):
        report(seat.user, "Words.", group=seat.group)
    client.force_login(lead)
    with django_assert_num_queries(12):
        assert client.get("/reports/").status_code == 200
