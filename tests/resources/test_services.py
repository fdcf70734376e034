"""Changes to the directory and to the help lines."""

import json
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from people.models import AuditEntry, Organisation
from people.policy import NotAllowed
from resources import services
from resources.models import CrisisLine, Resource
from tests.factories import AdminFactory, CrisisLineFactory, FacilitatorFactory, ResourceFactory, UserFactory

pytestmark = pytest.mark.django_db

PLACE = {"name": "Night Kitchen", "what_for": "A warm room, soup and company.", "phone": "0117 496 0148"}
LINE = {"name": "Samaritans", "channel": "call", "number": "116 123", "words": "Samaritans. Free, at any hour"}


def draft(**fields):
    return CrisisLineFactory(confirmed_at=None, confirmed_by=None, **fields)


def emergency(**fields):
    return CrisisLineFactory(name="Emergency", number="999", emergency=True, words="Danger right now", **fields)


def fresh(line):
    return CrisisLine.objects.get(pk=line.pk)


def recorded():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "reason"))


@pytest.fixture(params=["member", "facilitator"])
def not_an_admin(request):
    return UserFactory() if request.param == "member" else FacilitatorFactory().user


# -- the directory ----------------------------------------------------------------------------
def test_only_admins_write_places_down(not_an_admin):
    with pytest.raises(NotAllowed):
        services.save_resource(not_an_admin, resource=Resource(), **PLACE)
    with pytest.raises(NotAllowed):
        services.check_resource(not_an_admin, resource=ResourceFactory())
    assert Resource.objects.count() == 1


def test_a_place_starts_as_a_draft_with_a_quiet_address():
    admin = AdminFactory()

    place = services.save_resource(admin, resource=Resource(), **PLACE)

    assert (place.published, place.checked_on) == (False, None)
    assert place.slug.startswith("place-")
    assert recorded() == [("resource.change", admin.pk, "draft")]


def test_nothing_unchecked_is_published():
    with pytest.raises(services.NotChecked):
        services.save_resource(AdminFactory(), resource=Resource(), published=True, **PLACE)
    assert Resource.objects.count() == 0


def test_nothing_unreachable_is_published():
    with pytest.raises(services.NotReachable):
        services.save_resource(
            AdminFactory(), resource=Resource(), checked=True, published=True, name="Night Kitchen", what_for="Soup."
        )


def test_whoever_checked_it_puts_their_name_to_it():
    admin = AdminFactory()

    place = services.save_resource(admin, resource=Resource(), checked=True, published=True, **PLACE)

    assert (place.checked_on, place.checked_by) == (timezone.localdate(), admin)


def test_the_address_stays_when_the_name_changes():
    place = ResourceFactory(slug="place-abc234")

    services.save_resource(AdminFactory(), resource=place, name="Night Kitchen")

    assert Resource.objects.values_list("slug", "name").get() == ("place-abc234", "Night Kitchen")


def test_the_same_place_sent_twice_is_one_place():
    services.save_resource(AdminFactory(), resource=Resource(), **PLACE)

    with pytest.raises(services.NameTaken):
        services.save_resource(AdminFactory(), resource=Resource(), **PLACE)
    assert Resource.objects.count() == 1


def test_checked_today_is_one_press():
    place, admin = ResourceFactory(checked_on=timezone.localdate().replace(year=2020)), AdminFactory()

    services.check_resource(admin, resource=place)

    place.refresh_from_db()
    assert (place.checked_on, place.checked_by) == (timezone.localdate(), admin)
    assert recorded() == [("resource.check", admin.pk, "")]


# -- the help lines ---------------------------------------------------------------------------
def test_only_admins_touch_help_lines(not_an_admin):
    line = CrisisLineFactory()

    for refused in [
        lambda: services.save_line(not_an_admin, line=line, words="Mine"),
        lambda: services.retire_line(not_an_admin, line=line),
        lambda: services.move_line_up(not_an_admin, line=line),
        lambda: services.confirm_lines(not_an_admin, lines=[line]),
    ]:
        with pytest.raises(NotAllowed):
            refused()
    assert recorded() == []


def test_a_new_line_waits_for_a_name():
    line = services.save_line(AdminFactory(), line=CrisisLine(), **LINE)

    assert (line.position, line.is_confirmed) == (1, False)
    assert list(CrisisLine.objects.confirmed()) == []


def test_the_same_new_line_sent_twice_is_one_line():
    first = services.save_line(AdminFactory(), line=CrisisLine(), **LINE)

    assert services.save_line(AdminFactory(), line=CrisisLine(), **LINE) == first
    assert CrisisLine.objects.count() == 1


def test_a_confirmed_line_keeps_standing_while_its_change_waits():
    line = CrisisLineFactory()

    change = services.save_line(AdminFactory(), line=line, number="116 124")

    assert list(CrisisLine.objects.confirmed()) == [line]
    assert fresh(line).number == "116 123"
    assert (change.replaces, change.number, change.words) == (line, "116 124", line.words)


def test_a_second_change_is_written_to_the_same_draft():
    line = CrisisLineFactory()
    first = services.save_line(AdminFactory(), line=line, number="116 124")

    second = services.save_line(AdminFactory(), line=line, number="116 125")

    assert (second.pk, second.number) == (first.pk, "116 125")


def test_a_change_that_changes_nothing_leaves_nothing_behind():
    line = CrisisLineFactory()
    services.save_line(AdminFactory(), line=line, number="116 124")

    assert services.save_line(AdminFactory(), line=line, number="116 123") == line
    assert list(CrisisLine.objects.current()) == [line]


def test_a_line_that_was_taken_away_is_not_changed():
    line = CrisisLineFactory(retired_at=timezone.now())

    with pytest.raises(services.LinesChanged):
        services.save_line(AdminFactory(), line=line, number="116 124")


def test_confirming_a_change_takes_the_old_line_away_at_once():
    emergency()
    line, admin = CrisisLineFactory(position=4), AdminFactory()
    change = services.save_line(admin, line=line, number="116 124")

    services.confirm_lines(admin, lines=[change])

    assert fresh(line).retired_at is not None
    assert [each.number for each in CrisisLine.objects.confirmed()] == ["999", "116 124"]
    assert fresh(change).confirmed_by == admin
    assert fresh(change).position == 4


def test_groups_may_open_once_danger_and_a_call_are_confirmed(organisation):
    admin = AdminFactory()
    danger, talk = draft(number="999", emergency=True), draft()

    services.confirm_lines(admin, lines=[danger])
    assert Organisation.current().crisis_confirmed_at is None
    services.confirm_lines(admin, lines=[talk])

    organisation = Organisation.current()
    assert (organisation.crisis_confirmed_at is not None, organisation.crisis_confirmed_by) == (True, admin)


def test_a_number_to_text_alone_is_not_enough(organisation):
    services.confirm_lines(AdminFactory(), lines=[draft(emergency=True), draft(channel="text")])

    assert Organisation.current().crisis_confirmed_at is None


def test_nobody_confirms_what_they_did_not_read():
    line = draft()
    seen = fresh(line)
    services.save_line(AdminFactory(), line=line, number="116 999")

    with pytest.raises(services.LinesChanged):
        services.confirm_lines(AdminFactory(), lines=[seen])
    assert list(CrisisLine.objects.confirmed()) == []


def test_one_line_that_changed_stops_all_of_them():
    gone, line = draft(retired_at=timezone.now()), draft()

    with pytest.raises(services.LinesChanged):
        services.confirm_lines(AdminFactory(), lines=[line, gone])
    assert list(CrisisLine.objects.confirmed()) == []


@pytest.fixture
def standing(organisation):
    admin = AdminFactory()
    services.confirm_lines(admin, lines=[draft(number="999", emergency=True), draft()])
    return list(CrisisLine.objects.confirmed())


def test_the_last_line_of_its_kind_is_not_taken_away(standing):
    for line in standing:
        with pytest.raises(services.LineNeeded):
            services.retire_line(AdminFactory(), line=line)
    assert list(CrisisLine.objects.confirmed()) == standing


def test_no_change_makes_the_line_for_danger_vanish(standing):
    change = services.save_line(AdminFactory(), line=standing[0], emergency=False)

    with pytest.raises(services.LineNeeded):
        services.confirm_lines(AdminFactory(), lines=[change])
    assert list(CrisisLine.objects.confirmed()) == standing


def test_a_line_is_taken_away_with_its_change_and_twice_is_harmless(standing):
    spare, admin = CrisisLineFactory(number="111"), AdminFactory()
    services.save_line(admin, line=spare, number="112")

    services.retire_line(admin, line=spare)
    services.retire_line(admin, line=spare)

    assert list(CrisisLine.objects.current()) == standing
    assert [entry for entry in recorded() if entry[0] == "crisis.retire"] == [("crisis.retire", admin.pk, "")]


def test_a_line_moves_up_past_its_neighbour():
    danger = emergency(position=5)
    first, second, third = (CrisisLineFactory(position=place, number=f"11{place}") for place in (1, 2, 3))

    services.move_line_up(AdminFactory(), line=third)
    services.move_line_up(AdminFactory(), line=danger)

    assert list(CrisisLine.objects.confirmed()) == [danger, first, third, second]


def test_the_lines_are_written_down_for_the_error_pages(settings, django_capture_on_commit_callbacks):
    emergency()

    with django_capture_on_commit_callbacks(execute=True):
        services.confirm_lines(AdminFactory(), lines=[draft()])

    assert json.loads(Path(settings.CRISIS_LINES_FILE).read_text(encoding="utf-8")) == [
        {"href": "tel:999", "label": "Call 999", "words": "Danger right now"},
        {"href": "tel:116123", "label": "Call 116 123", "words": "Samaritans. Free, at any hour"},
    ]
    assert [path.name for path in Path(settings.CRISIS_LINES_FILE).parent.glob("crisis-lines.json.*")] == []


def test_a_disk_that_refuses_stops_nobody(settings, tmp_path, caplog, django_capture_on_commit_callbacks):
    (tmp_path / "file").touch()
    settings.CRISIS_LINES_FILE = tmp_path / "file" / "crisis-lines.json"

    with django_capture_on_commit_callbacks(execute=True), caplog.at_level("INFO", "resources.services"):
        services.confirm_lines(AdminFactory(), lines=[draft()])

    assert CrisisLine.objects.confirmed().count() == 1
    assert [record.levelname for record in caplog.records if record.name == "resources.services"] == ["INFO"]


@pytest.mark.django_db(transaction=True)
def test_two_admins_confirm_at_once_and_exactly_one_change_takes_the_place():
    emergency()
    line, admins = CrisisLineFactory(), [AdminFactory(), AdminFactory()]
    change = services.save_line(admins[0], line=line, number="116 124")
    outcomes, start = [], Barrier(2)

    def confirm(admin):
        try:
            start.wait()
            services.confirm_lines(admin, lines=[fresh(change)])
            outcomes.append("confirmed")
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=[admin]) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == ["confirmed", "confirmed"]
    assert [each.number for each in CrisisLine.objects.confirmed()] == ["999", "116 124"]


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_change_one_line_at_once_make_one_draft():
    line, admins, start = CrisisLineFactory(), [AdminFactory(), AdminFactory()], Barrier(2)
    seen = []

    def change(admin, number):
        try:
            start.wait()
            seen.append(services.save_line(admin, line=fresh(line), number=number).pk)
        finally:
            connection.close()

    threads = [Thread(target=change, args=pair) for pair in zip(admins, ["116 124", "116 125"], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert list(CrisisLine.objects.confirmed()) == [line]
