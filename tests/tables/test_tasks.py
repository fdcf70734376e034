"""Every task has a row: what it does twice, what it may touch, when it runs."""

import inspect
from dataclasses import dataclass
from pathlib import Path

import pytest

from peerhub.celery import app


@dataclass(frozen=True)
class Row:
    """What a task is for and what it may change. All of them are safe to run twice and late."""

    does: str
    writes: tuple[str, ...]
    reads_words: bool = False


TASKS = {
    "people.tasks.beat": Row("leaves a sign of life", ("people_heartbeat",)),
    "notices.tasks.send_due": Row("carries what is due", ("notices_delivery", "people_subjectkey"), reads_words=True),
    "checkins.tasks.ask_due": Row(
        "asks who is due",
        ("checkins_checkin", "checkins_rhythm", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "checkins.tasks.escalate": Row(
        "tells the next people of what nobody looked at",
        ("checkins_escalation", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "checkins.tasks.tell_late": Row(
        "reminds once whoever has what is past its day, then the others", ("notices_notice", "notices_delivery")
    ),
    "checkins.tasks.remind": Row(
        "reminds once of a question that waits", ("checkins_checkin", "notices_notice", "notices_delivery")
    ),
    "checkins.tasks.lapse_old": Row(
        "lets weeks go that are over; after long silence asks whether to rest, then pauses",
        ("checkins_checkin", "checkins_rhythm", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "sessions.tasks.keep_ahead": Row(
        "keeps 13 weeks of sessions", ("group_sessions_groupsession", "group_sessions_seat", "people_auditentry")
    ),
    "sessions.tasks.move_lines_on": Row(
        "lets offers of a seat run out, and offers them on",
        ("group_sessions_seat", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "sessions.tasks.rederive_clocks": Row(
        "keeps the wall clock of what is planned",
        ("group_sessions_groupsession", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "sessions.tasks.remind": Row("reminds who has a seat, and hosts", ("notices_notice", "notices_delivery")),
    "sessions.tasks.remind_to_close": Row(
        "asks once to close what has been over for two days", ("notices_notice", "notices_delivery")
    ),
    "sessions.tasks.run_out_calls": Row(
        "asks others to step in when it is their turn, and decides what nobody took by the cut-off",
        (
            "group_sessions_covercall",
            "group_sessions_booking",
            "group_sessions_groupsession",
            "groups_group",
            "notices_notice",
            "notices_delivery",
            "people_auditentry",
        ),
    ),
    "sessions.tasks.raise_alarms": Row(
        "tells admins that nobody is there to lead", ("notices_notice", "notices_delivery")
    ),
    "sessions.tasks.end_visits": Row(
        "ends visits whose session is over",
        ("groups_membership", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "sessions.tasks.forget_names": Row(
        "empties names of guests who came once; forgets who said how a session was",
        ("group_sessions_guest", "group_sessions_feedbackgiven", "people_auditentry"),
    ),
    "groups.tasks.forget_words": Row(
        "erases words of old requests, wishes and proposals, and those said on leaving; ends waits of a year",
        (
            "groups_membership",
            "groups_farewell",
            "groups_wish",
            "groups_proposal",
            "groups_welcometalk",
            "notices_notice",
            "notices_delivery",
            "people_auditentry",
        ),
    ),
    "groups.tasks.tell_news": Row(
        "tells a group what somebody wrote to all of it",
        ("groups_announcement", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "groups.tasks.resume_due": Row(
        "brings people back whose break is over",
        ("groups_membership", "notices_notice", "notices_delivery", "people_auditentry", "group_sessions_seat"),
    ),
    "groups.tasks.archive_due": Row(
        "ends groups whose last day is over",
        (
            "groups_group",
            "groups_membership",
            "group_sessions_series",
            "group_sessions_groupsession",
            "checkins_rhythm",
            "checkins_followup",
            "notices_notice",
            "notices_delivery",
            "people_auditentry",
        ),
    ),
    "groups.tasks.tell_endings": Row("tells people that a group ends soon", ("notices_notice", "notices_delivery")),
    "groups.tasks.run_out_offers": Row(
        "lets offers of a place run out, and offers it to the next",
        ("groups_membership", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "groups.tasks.run_out_proposals": Row(
        "ends proposals of pairs that two weeks did not answer",
        ("groups_group", "groups_membership", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "groups.tasks.remind_endings": Row("asks the two of a pair to look back", ("notices_notice", "notices_delivery")),
    "notes.tasks.remind_of_concerns": Row(
        "tells again of concerns that nobody read in time",
        ("notes_concern", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "notes.tasks.remind_of_reports": Row(
        "tells who is new to it what was passed on",
        ("notes_report", "notices_notice", "notices_delivery", "people_auditentry"),
    ),
    "notes.tasks.empty_old": Row(
        "empties notes, concerns and reports whose day has come",
        (
            "notes_note",
            "notes_notekey",
            "notes_report",
            "notes_concern",
            "notes_concernaddition",
            "people_subjectkey",
            "people_auditentry",
        ),
    ),
}


@pytest.fixture(scope="module")
def tasks():
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_every_task_has_a_row_and_every_row_a_task(tasks):
    assert tasks.keys() == TASKS.keys()


def test_every_task_is_on_the_clock():
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == TASKS.keys()


def test_tasks_take_ids_or_nothing(tasks):
    taken = {name: list(inspect.signature(task.run).parameters) for name, task in tasks.items()}

    assert {name: names for name, names in taken.items() if names} == {}


def test_tasks_are_three_lines_that_call_a_service(tasks):
    for name, task in tasks.items():
        body = inspect.getsource(task.run).split(":\n", 1)[1].strip().splitlines()
        assert len(body) <= 3, name


def test_the_broker_is_never_the_memory():
    assert app.conf.task_ignore_result is True
    assert app.conf.result_backend in (None, "disabled://")
    assert app.conf.timezone == "UTC"


def test_every_task_runs_in_a_real_worker():
    tests = (Path(__file__).parent.parent / "journeys" / "test_worker.py").read_text()

    assert {name for name in TASKS if f'"{name}"' not in tests} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_with_nothing_to_do_does_nothing_twice(tasks, organisation, name):
    first, second = tasks[name].run(), tasks[name].run()

    assert (first, second) == ((1, 1) if name == "people.tasks.beat" else (0, 0))
