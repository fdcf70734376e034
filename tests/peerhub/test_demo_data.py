"""The demo shows the product alive, is made once, and refuses to run in production."""

import io

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from checkins.models import CheckIn, FollowUp
from groups.models import Group, Membership
from notes.models import Note
from notices.models import Notice
from peerhub.demo.people import LOGINS, PASSWORD
from people.models import AuditEntry, User
from resources.models import CrisisLine, Resource
from sessions.models import GroupSession, Seat

pytestmark = pytest.mark.django_db(transaction=True)


def seed():
    out = io.StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def counts():
    models = (User, Group, Membership, GroupSession, Seat, CheckIn, FollowUp, Note, CrisisLine, Resource)
    return [model.objects.count() for model in models]


def test_production_has_no_people_with_a_printed_password(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="not for production"):
        seed()

    assert User.objects.count() == 0


def test_it_is_made_once_and_every_printed_login_works(settings):
    settings.STAFF_MFA_REQUIRED = False
    printed, first = seed(), counts()

    assert (seed(), counts()) == (printed, first)
    for login in LOGINS:
        assert f"{login.role:<20} {login.email}" in printed
        browser = Client()
        sent = browser.post("/accounts/login/", {"login": login.email, "password": PASSWORD})
        assert (sent.status_code, browser.get("/home/").status_code) == (302, 200), login.role


def test_everything_a_visitor_wants_to_see_is_there():
    seed()

    assert Seat.objects.filter(state="waiting").exists()
    assert GroupSession.objects.filter(state="held").count() == 8
    assert [s.door_is_open for s in GroupSession.objects.upcoming()[:1]] == [True]
    assert FollowUp.objects.to_do().count() == 11
    assert Membership.objects.requested().count() == 1
    assert CheckIn.objects.filter(state="asked").count() == 1
    assert CrisisLine.objects.confirmed().count() == 3
    assert Notice.objects.get(topic="checkin.rest").user.email == "ines@demo.example"


def test_half_made_data_is_said_not_mended():
    User.objects.create_user(LOGINS[0].email)

    with pytest.raises(CommandError, match="--fresh"):
        seed()


def test_the_first_admin_signs_in_with_a_code():
    out = io.StringIO()

    call_command("createadmin", "Amal@Example.org", stdout=out)
    call_command("createadmin", "amal@example.org", stdout=out)

    person = User.objects.get()
    assert (person.email, person.is_admin, person.has_usable_password()) == ("amal@example.org", True, False)
    assert EmailAddress.objects.filter(user=person, verified=True, primary=True).count() == 1
    assert AuditEntry.objects.filter(action="person.roles", about=person).count() == 2
    assert out.getvalue().count("/accounts/login/code/") == 2


def test_an_admin_needs_an_address():
    with pytest.raises(CommandError, match="Give an e-mail address"):
        call_command("createadmin", "amal")
