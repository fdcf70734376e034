"""A person's own weeks: in words, drawn, in a table, to take along and to take away."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.utils import timezone

from checkins.models import Answer, CheckIn, FollowUp
from checkins.services import (
    delete_answer,
    delete_words,
    read_words,
    say_more,
    take_along,
    take_back_reply,
    trend_of,
)
from checkins.templatetags.trend import weeks as drawn
from checkins.trend import Trend, Week
from people.models import AuditEntry
from people.policy import NotAllowed
from people.reader import as_reader
from tests.checkins.conftest import CANARY, MONDAY, WEEK
from tests.factories import CheckInFactory, FollowUpFactory, MembershipFactory, UserFactory, answer, reply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]
MARCH = date(2026, 3, 2)  # a Monday


def trend(*moods, first=MARCH):
    """One answer a week from `first` on; 0 is a week without one."""
    rows = [(first + n * timedelta(days=7), mood) for n, mood in enumerate(moods)]
    weeks = [Week(monday, mood, "8a0d4a90-0000-4000-8000-000000000000") for monday, mood in rows if mood]
    return Trend(first, rows[-1][0], weeks)


def past(user, weeks_ago, mood, **fields):
    week = WEEK - timedelta(weeks=weeks_ago)
    at = MONDAY - timedelta(weeks=weeks_ago)
    return CheckInFactory(user=user, week=week, asked_at=at, answered_at=at, state="answered", mood=mood, **fields)


def shared(checkin, group, **more):
    said = {"support": "", "words": CANARY, "share": "facilitators", "group": group}
    return say_more(checkin.user, checkin=checkin, **said | more)


def words_in(user):
    with as_reader(user):
        return Answer.objects.count()


# -- in words ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moods", "said"),
    [
        ((0, 0), ""),
        ((4,), "You answered one week: okay."),
        ((4, 0, 2), "You answered 2 weeks: okay, hard."),
        ((4, 4, 4), "All of these weeks were okay."),
        ((4, 4, 4, 2), "Most weeks were okay. The hardest was in March. The easiest was in March."),
        ((1, 3, 4, 3, 4, 5), "Most weeks were mixed or okay. The hardest was in March. The easiest was in April."),
        ((1, 5, 3), "Your weeks were of many kinds. The hardest was in March. The easiest was in March."),
        (
            (2, 4, 4, 4, 4, 2, 4, 4, 4, 4),
            "Most weeks were okay. The hardest was in March and April.",
        ),
        ((2, 4, 4, 4, 4, 2, 4, 4, 4, 2, 4), "Most weeks were okay."),
    ],
)
def test_it_is_said_without_a_score_and_without_a_judgement(moods, said):
    sentences = " ".join(trend(*moods).sentences)

    assert sentences.startswith(said)
    assert len(sentences) == len(said) or said == "Most weeks were okay."
    assert not re.search(r"\d\.\d|%|average|worse|better|missed|only", sentences)


def test_over_the_new_year_months_have_their_year():
    assert "in March 2026." in " ".join(trend(1, *[4] * 50).sentences)


# -- drawn ------------------------------------------------------------------------------------
def test_a_week_without_an_answer_is_a_gap_and_nothing_is_drawn_across():
    joined, gapped = str(drawn(trend(3, 4, 5))), str(drawn(trend(3, 0, 5)))

    assert (joined.count('class="span"'), joined.count('class="fill"')) == (2, 3)
    assert (gapped.count('class="span"'), gapped.count('class="fill"')) == (0, 2)
    assert 'aria-hidden="true"' in joined
    assert "style=" not in joined


def test_the_five_levels_have_five_shapes():
    shapes = re.findall(r'class="fill" d="([^"]+)"', str(drawn(trend(1, 2, 3, 4, 5))))

    assert len(set(shapes)) == 5


@pytest.mark.parametrize("count", [12, 26, 52])
def test_everything_is_inside_the_picture(count):
    picture = str(drawn(trend(*[1 + n % 5 for n in range(count)])))

    for x, y in re.findall(r"translate\((-?[\d.]+) (-?[\d.]+)\)", picture):
        assert 70 <= float(x) <= 350
        assert 0 <= float(y) <= 175


# -- the page ---------------------------------------------------------------------------------
def test_nobody_sees_the_weeks_of_somebody_else(as_person, wren, marisol, group):
    shared(past(wren, 0, 1), group)

    assert trend_of(marisol, weeks=52).weeks == []
    assert "Nothing here yet" in as_person(marisol).get("/you/how-it-was/").content.decode()


def test_the_table_says_what_the_picture_shows(as_person, wren, group):
    for ago, mood in ((0, 4), (1, 2), (3, 4), (20, 1)):
        past(wren, ago, mood)
    page = as_person(wren).get("/you/how-it-was/").content.decode()

    assert "Most weeks were okay. The hardest was in November." in page
    assert "3 weeks that you answered" in page
    assert page.count('class="fill"') == page.count('scope="row"') == 3
    assert not re.search("missed|did not answer|unanswered", page)
    page = as_person(wren).get("/you/how-it-was/?weeks=26").content.decode()
    assert page.count('scope="row"') == 4


@pytest.mark.parametrize("wanted", ["0", "13", "-1", "x", "9999999999", "١٢"])
def test_another_span_is_the_shortest(as_person, wren, wanted):
    assert as_person(wren).get(f"/you/how-it-was/?weeks={wanted}").context["span"] == 12


@pytest.mark.parametrize("answers", [1, 30])
def test_it_asks_the_same_however_many_weeks_there_are(as_person, wren, answers, django_assert_num_queries):
    for ago in range(answers):
        past(wren, ago, 3)
    browser = as_person(wren)
    browser.get("/you/how-it-was/?weeks=52")

    with django_assert_num_queries(6):
        browser.get("/you/how-it-was/?weeks=52")


# -- taking it along --------------------------------------------------------------------------
@pytest.fixture
def known(as_person, wren):
    """Wren, who has just shown that it is them."""
    browser = as_person(wren)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": timezone.now().timestamp()}]
    session.save()
    return browser


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_whoever_holds_the_phone_is_first_asked_whether_it_is_them(kind, as_person, wren):
    wren.set_password("four words in one row")
    wren.save()
    response = as_person(wren).get(f"/you/how-it-was/weeks.{kind}")

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\u3000@", "\t"])
def test_no_cell_is_a_formula(first, known, wren):
    answer(past(wren, 60, 5), f"{first}1+1")

    table = known.get("/you/how-it-was/weeks.csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert row["words"].startswith("'")


def test_all_of_it_can_be_taken_along_and_nothing_of_anybody_else(known, wren, marisol, group):
    shared(past(wren, 0, 2), group)
    answer(past(wren, 60, 5), '=HYPERLINK("x"), “quoted”\nsecond line 🌻')
    answer(past(marisol, 1, 1), "somebody else's")

    table = known.get("/you/how-it-was/weeks.csv")
    assert table["Content-Disposition"] == 'attachment; filename="weeks.csv"'
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [(row["how_it_was"], row["shared_with"]) for row in rows] == [("Good", ""), ("Hard", group.name)]
    assert rows[0]["words"] == '\'=HYPERLINK("x"), “quoted”\nsecond line 🌻'
    listed = json.loads(known.get("/you/how-it-was/weeks.json").content)
    assert [row["words"] for row in listed] == ['=HYPERLINK("x"), “quoted”\nsecond line 🌻', CANARY]
    assert listed[1]["week"] == "2026-11-23"
    assert "somebody else's" not in table.content.decode()


def test_what_was_written_in_follow_ups_is_taken_along_also_when_they_are_closed(known, wren, marisol, group):
    past(wren, 1, 4)
    closed = {"state": "done", "outcome": "wrote", "closed_at": MONDAY - timedelta(days=90)}
    old = FollowUpFactory(about=wren, group=group, created_at=MONDAY - timedelta(days=99), **closed)
    reply(old, marisol, f"=from Marisol {CANARY}")
    reply(old, wren, "from Wren")
    taken_back = reply(old, wren, "taken back")
    take_back_reply(wren, reply=taken_back)

    listed = json.loads(known.get("/you/how-it-was/weeks.json").content)
    table = csv.DictReader(io.StringIO(known.get("/you/how-it-was/weeks.csv").content.decode("utf-8-sig")))

    assert [(row["how_it_was"], row["written_by"], row["words"]) for row in listed] == [
        ("Okay", "", ""),
        ("", "Marisol", f"=from Marisol {CANARY}"),
        ("", "Wren", "from Wren"),
    ]
    assert [row["words"] for row in table] == ["", f"'=from Marisol {CANARY}", "from Wren"]
    assert {(row["shared_with"], row["week"]) for row in listed[1:]} == {(group.name, "2026-11-23")}
    assert listed[1]["written_at"].startswith("2026-11-23T10:00")


def test_what_was_written_to_others_and_about_others_is_not_taken_along(known, wren, marisol, group):
    other = MembershipFactory(group=group, alias="Jun").user
    theirs = FollowUpFactory(about=other, group=group)
    reply(theirs, marisol, "to Jun")
    seat = group.memberships.get(user=wren)
    seat.role = "facilitator"  # who runs the group reads it in the follow-up, and takes none of it along
    seat.save()
    reply(theirs, wren, "to Jun as well")
    mine = FollowUpFactory(about=wren, group=group)
    reply(mine, marisol, "to Wren")

    listed = json.loads(known.get("/you/how-it-was/weeks.json").content)
    assert [row["words"] for row in listed] == ["to Wren"]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_that_it_was_taken_along_is_written_down_without_a_word(kind, known, wren):
    answer(past(wren, 1, 2), CANARY)

    known.get(f"/you/how-it-was/weeks.{kind}")

    entry = AuditEntry.objects.get(action="checkin.take")
    assert (entry.actor, entry.about, entry.reason) == (wren, wren, "")


def test_what_is_not_written_down_is_not_taken_along(wren, monkeypatch):
    monkeypatch.setattr("checkins.services.trends.audit.record", refuse)

    with pytest.raises(OSError, match="full"):
        take_along(wren)


def refuse(*_args, **_kwargs):
    raise OSError("full")


@pytest.mark.parametrize("answers", [1, 30])
def test_taking_along_asks_the_same_however_much_it_is(known, wren, answers, django_assert_num_queries):
    for ago in range(answers):
        answer(past(wren, ago, 3), CANARY)
        reply(FollowUpFactory(about=wren), wren, CANARY)
    known.get("/you/how-it-was/weeks.json")

    with django_assert_num_queries(17):  # what was written in follow-ups, and the names of who wrote it
        known.get("/you/how-it-was/weeks.json")


# -- taking it away ---------------------------------------------------------------------------
def test_nobody_deletes_somebody_elses_answer(answered, group, marisol, as_person):
    shared(answered, group)

    for user in (marisol, UserFactory()):
        for service in (delete_words, delete_answer):
            with pytest.raises(NotAllowed):
                service(user, checkin=answered)
        assert as_person(user).post(f"/check-in/{answered.public_id}/delete/", {"what": "all"}).status_code == 404
    assert words_in(answered.user) == 1


def test_words_go_at_once_for_everybody_and_the_answer_stays(answered, group, marisol, wren):
    checkin = shared(answered, group)
    delete_words(wren, checkin=checkin)
    delete_words(wren, checkin=checkin)

    assert words_in(marisol) == words_in(wren) == 0
    assert (read_words(marisol, checkin=checkin), CheckIn.objects.get().mood) == ("", 1)
    assert AuditEntry.objects.filter(action="checkin.delete_words").count() == 1


def test_a_whole_answer_goes_with_what_nobody_has_seen(answered, group, marisol, wren):
    checkin = shared(answered, group, support="call", reach="0113 496 0999")
    for _time in range(2):
        delete_answer(wren, checkin=checkin)

    row = CheckIn.objects.get()
    assert (row.state, row.mood, row.support, row.share, row.group, row.waits) == ("lapsed", None, "", "", None, False)
    assert words_in(marisol) == words_in(wren) == 0
    assert not CheckIn.objects.visible_to(marisol).exists()
    assert FollowUp.objects.values_list("state", "reach").get() == ("dropped", None)
    assert AuditEntry.objects.filter(action="checkin.delete").count() == 1


def test_what_somebody_has_seen_stays_with_them_without_the_answer(answered, group, marisol, wren, as_person):
    shared(answered, group, support="call", reach="0113 496 0999")
    row = FollowUp.objects.get()
    browser = as_person(marisol)
    browser.get(f"/follow-up/{row.public_id}/")
    delete_answer(wren, checkin=answered)

    row.refresh_from_db()
    assert (row.is_open, row.reach) == (True, None)
    page = browser.get(f"/follow-up/{row.public_id}/").content.decode()
    assert "The person has deleted the answer since" in page
    assert CANARY not in page


def test_after_that_the_week_can_be_answered_anew(answered, wren, as_person):
    delete_answer(wren, checkin=answered)
    browser = as_person(wren)

    assert browser.get(f"/check-in/{answered.public_id}/")["Location"] == "/check-in/"
    assert browser.post("/check-in/", {"mood": "4"}).status_code == 302
    assert CheckIn.objects.get().mood == 4


def test_an_old_answer_can_be_deleted_on_its_page(wren, as_person):
    row = past(wren, 30, 2)
    answer(row, CANARY)
    browser, path = as_person(wren), f"/check-in/{row.public_id}/delete/"
    assert "cannot be brought back" in browser.get(path).content.decode()

    browser.post(path, {"what": "words"})
    assert (words_in(wren), CheckIn.objects.get().mood) == (0, 2)
    assert (
        "deleted, for you and for everybody else" in browser.post(path, {"what": "all"}, follow=True).content.decode()
    )
    assert not CheckIn.objects.get().is_answered
    assert browser.get(path)["Location"] == "/you/how-it-was/"
