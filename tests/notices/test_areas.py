"""The headings under which people switch mails on and off."""

from notices import registry
from notices.areas import AREAS, BY_CODE, RUNS_ALL, RUNS_GROUPS, areas_of


def test_no_topic_without_an_area():
    without = [name for name in registry.names() if registry.topic(name).area not in AREAS]

    assert without == []


def test_what_cannot_be_switched_off_is_named():
    essential = {name for name in registry.names() if registry.topic(name).essential}

    concerns = {"concern.sent", "concern.added", "concern.left", "concern.still", "concern.waits"}
    reports = {"report.still", "report.waits"}
    assert essential == concerns | reports | {"followup.urgent", "followup.waits", "session.alarm", "session.cancelled"}


def test_a_code_stands_for_one_area_and_tells_nothing():
    assert len(BY_CODE) == len(AREAS)
    assert {len(code) for code in BY_CODE} == {1}


def test_who_runs_nothing_is_not_asked_about_running():
    assert [area.name for area in areas_of(())] == ["checkins", "sessions", "groups", "news", "replies"]
    assert [area.name for area in areas_of({RUNS_GROUPS})][5:] == ["looking_after"]
    assert [area.name for area in areas_of({RUNS_GROUPS, RUNS_ALL})][5:] == ["looking_after", "organisation"]
