"""The way in on a session's page, the choice of reminders, and the link that is replaced in one action."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from groups.services import change_group
from notices.models import Delivery
from notices.services import send_due
from people.models import AuditEntry
from people.sealed import seal, unseal
from sessions.models import ReminderChoice
from sessions.services import remind, telling
from tests import factories as make
from tests.sessions.pages.world import stand, url, words

pytestmark = pytest.mark.django_db
CANARY = "canary-lane"
REMINDERS = "/you/reminders/"


def hide(session, **more):
    group = session.group
    group.format, group.place, group.hides_place = "hybrid", CANARY, True
    seal(group, "door", f"https://meet.example.org/{CANARY}", owner=group)
    for name, value in more.items():
        setattr(group, name, value)
    group.save()
    make.AgreementFactory(group=group)
    return group


def agree(session, person):
    make.AcceptanceFactory(agreement=session.group.agreement, user=person)


# -- the place ---------------------------------------------------------------------------------------
def test_before_the_window_the_page_says_when_the_place_is_told(session, member, as_person):
    hide(session, format="in_person")
    agree(session, member)
    make.SeatFactory(session=session, user=member)

    page = as_person(member).get(url("detail", session))

    assert "The place is on this page from" in words(page)
    assert CANARY not in page.content.decode()


@pytest.mark.parametrize("lacks", ["a seat", "the agreement"])
def test_inside_the_window_not_for_who_may_not_go_in(session, member, as_person, lacks):
    hide(session)
    stand(session, member, starts_in=timedelta(minutes=5), seat="going" if lacks == "the agreement" else None)
    if lacks == "a seat":
        agree(session, member)

    page = as_person(member).get(url("detail", session))

    assert CANARY not in page.content.decode()
    assert ("read what the group agreed on" in words(page)) == (lacks == "the agreement")


def test_inside_the_window_it_is_told_and_the_link_is_not(session, member, as_person):
    hide(session)
    agree(session, member)
    stand(session, member, starts_in=timedelta(minutes=5), seat="going")

    page = as_person(member).get(url("detail", session))

    assert CANARY in words(page)
    assert "meet.example.org" not in page.content.decode()
    assert reverse("sessions:door", args=[session.public_id]) in page.content.decode()


def test_a_room_stands_with_its_address_and_how_to_get_in(session, member, as_person):
    hide(session, hides_place=False)
    room = make.RoomFactory(name="The blue room", address="3 Other Street", access_notes="Ring twice.")
    make.booking(session, room=room)

    page = words(as_person(member).get(url("detail", session)))

    assert "The blue room, 3 Other Street Ring twice." in page
    assert CANARY not in page


def test_a_group_that_says_no_place_says_who_tells_it(session, member, as_person):
    hide(session, place="", hides_place=False)

    assert "The people who run the group will tell you the place." in words(
        as_person(member).get(url("detail", session))
    )


def test_it_is_found_on_no_other_page_and_by_no_word(session, member, client, as_person):
    group = hide(session, name="Quiet Mondays", shared_openly=True, area=make.AreaFactory(name="Old harbour"))
    make.SeriesFactory(group=group, starts_on=timezone.localdate())
    make.SeatFactory(session=session, user=member)
    paths = [
        "/",
        reverse("groups:list"),
        group.get_absolute_url(),
        reverse("sessions:feed"),
        reverse("groups:mine"),
        reverse("sessions:list"),
        "/home/",
        reverse("sessions:calendar-file", args=[session.public_id]),
    ]
    pages = [
        browser.get(path, follow=True).content.decode() for browser in (client, as_person(member)) for path in paths
    ]

    assert [path for path, page in zip(paths * 2, pages, strict=True) if CANARY in page] == []
    assert "Old harbour" in client.get(group.get_absolute_url()).content.decode()
    assert "Quiet Mondays" in words(client.get(reverse("groups:list"), {"q": "quiet"}))
    assert "Quiet Mondays" not in words(client.get(reverse("groups:list"), {"q": CANARY}))
    change_group(make.AdminFactory(), group=group, hides_place=False)
    assert "Quiet Mondays" in words(client.get(reverse("groups:list"), {"q": CANARY}))


def test_neither_link_nor_place_is_in_any_mail_calendar_or_log(session, member, as_person, caplog):
    caplog.set_level(logging.DEBUG)
    hide(session)
    agree(session, member)
    type(member).objects.update(discreet=False, quiet_from="00:00", quiet_to="00:00")
    make.SeatFactory(session=session, user=member, answered_at=timezone.now() - timedelta(days=9))
    stand(session, member, starts_in=timedelta(hours=20))
    remind()
    telling.tell_place(session)
    telling.tell_all_moved([session])
    stand(session, member, starts_in=timedelta(minutes=5))
    Delivery.objects.update(send_at=timezone.now())
    remind()
    through = as_person(member).get(url("door", session))
    send_due()

    assert (through.status_code, through["Location"]) == (303, f"https://meet.example.org/{CANARY}")
    assert mail.outbox
    raw = "".join(message.message().as_string() for message in mail.outbox)
    record = repr(list(AuditEntry.objects.values_list("action", "object_id", "reason")))
    assert [CANARY in text for text in (raw, caplog.text, record, through.content.decode())] == [False] * 4


# -- reminders ---------------------------------------------------------------------------------------
def test_who_is_signed_out_chooses_nothing(client):
    assert client.post(REMINDERS, {"day_before": "on"})["Location"].startswith("/accounts/login/")
    assert not ReminderChoice.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day_before": "on", "hour_before": "on"}, "The day before and one hour before"),
        ({"day_before": "on"}, "The day before, if you come."),
        ({"hour_before": "on"}, "One hour before, if you come."),
        ({}, "None, as you chose."),
    ],
)
def test_a_choice_is_kept_and_stands_on_the_page_of_the_session(session, member, as_person, sent, said):
    client = as_person(member)
    assert "The day before and one hour before" in words(client.get(url("detail", session)))

    done = client.post(REMINDERS, sent | {"next": session.get_absolute_url()})

    assert (done.status_code, done["Location"]) == (302, session.get_absolute_url())
    assert said in words(client.get(url("detail", session)))
    ticked = client.get(REMINDERS).context["form"].initial
    assert {name for name, on in ticked.items() if on} == sent.keys()


def test_without_a_page_to_go_back_to_the_page_stays(member, as_person):
    done = as_person(member).post(REMINDERS, {"next": "https://evil.example/"})

    assert done["Location"] == REMINDERS


@pytest.mark.parametrize("change", [{"starts_in": timedelta(minutes=-5)}, {"state": "cancelled"}])
def test_no_reminder_is_spoken_of_once_it_has_begun_or_is_cancelled(session, member, as_person, change):
    if "state" in change:
        change["cancelled_at"] = timezone.now()
    stand(session, member, **change)

    assert 'id="rem"' not in as_person(member).get(url("detail", session)).content.decode()


# -- replacing the link ------------------------------------------------------------------------------
def test_members_do_not_replace_the_link(session, member, as_person):
    hide(session)
    client = as_person(member)
    address = reverse("groups:door", args=[session.group.slug])

    assert client.post(address, {"url": "https://meet.example.org/mine"}).status_code == 404
    assert address not in client.get(url("detail", session)).content.decode()


def test_who_runs_it_replaces_the_link_from_the_page_of_the_session(session, facilitator, as_person):
    group = hide(session)
    client, address = as_person(facilitator), reverse("groups:door", args=[session.group.slug])
    here = f"{address}?next={session.get_absolute_url()}"
    assert here in client.get(url("detail", session)).content.decode()

    done = client.post(here, {"url": "https://meet.example.org/another"})

    assert (done.status_code, done["Location"]) == (302, session.get_absolute_url())
    group.refresh_from_db()
    assert unseal(group, "door", owner=group) == "https://meet.example.org/another"
    assert AuditEntry.objects.filter(actor=facilitator, action="group.door").count() == 1


def test_a_link_elsewhere_comes_back_with_the_list_and_what_was_typed(session, facilitator, as_person, settings):
    settings.DOOR_HOSTS = ["zoom.us", "meet.example.org"]
    group = hide(session)

    page = as_person(facilitator).post(reverse("groups:door", args=[group.slug]), {"url": "https://evil.example/room"})

    assert page.status_code == 422
    assert "Give a link that starts with https:// and leads to one of: zoom.us, meet.example.org" in words(page)
    assert 'value="https://evil.example/room"' in page.content.decode()
    assert CANARY not in page.content.decode()
