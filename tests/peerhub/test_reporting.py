"""The mail provider reports over the web what became of mails."""

import json
from base64 import b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from notices.models import MailTrouble
from peerhub.reporting import reports_from
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SECRET = "reports:a password of the reports"
PATH = "/anymail/postmark/tracking/"
BOUNCE = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "TypeCode": 1,
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "Email": "wren@example.org",
    "BouncedAt": "2026-11-23T12:00:00Z",
    "Description": "quartzcanary",
}


@pytest.fixture(autouse=True)
def _provider(settings):
    settings.ROOT_URLCONF = "tests.peerhub.reporting_urls"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def report(body, secret=SECRET):
    who = {"Authorization": "Basic " + b64encode(secret.encode()).decode()} if secret else {}
    program = Client(enforce_csrf_checks=True)
    return program.post(PATH, json.dumps(body), content_type="application/json", headers=who)


@pytest.mark.logs_errors
@pytest.mark.parametrize("secret", ["", "reports:wrong", "other:a password of the reports"])
def test_whoever_does_not_know_the_password_reports_nothing(secret, caplog):
    UserFactory(email="wren@example.org")

    assert report(BOUNCE, secret).status_code == 400
    assert not MailTrouble.objects.exists()
    assert "wren" not in caplog.text


def test_mail_that_came_back_is_noted_once_and_its_address_never_logged(caplog):
    UserFactory(email="wren@example.org")

    with caplog.at_level("INFO"):
        answers = [report(BOUNCE).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert list(MailTrouble.objects.values_list("kind", "address")) == [("bounced", "wren@example.org")]
    assert [word for word in ("wren", "quartz") if word in caplog.text] == []


def test_somebody_who_was_away_for_a_day_still_gets_mail():
    UserFactory(email="wren@example.org")

    assert report(BOUNCE | {"Type": "Transient", "TypeCode": 2}).status_code == 200
    assert not MailTrouble.objects.exists()


def test_a_complaint_ends_mail_at_once():
    UserFactory(email="wren@example.org")
    complaint = BOUNCE | {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512}

    assert report(complaint).status_code == 200
    assert MailTrouble.objects.get().kind == "complained"


def test_a_look_at_it_changes_nothing():
    assert Client().get(PATH).status_code == 405


def test_only_this_providers_reports_are_taken():
    assert [pattern.name for pattern in reports_from("mailgun")[0]] == ["mailgun_tracking_webhook"]
    with pytest.raises(ImproperlyConfigured):
        reports_from("nobody")


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"null",
        b'"text"',
        b"5",
        json.dumps(BOUNCE | {"Email": 5}).encode(),
        json.dumps(BOUNCE | {"Email": ["wren@example.org"]}).encode(),
        json.dumps(BOUNCE | {"Email": "\ud800@example.org"}).encode(),
        json.dumps(BOUNCE | {"Email": "wren@example.org\x00"}).encode(),
        json.dumps(BOUNCE | {"BouncedAt": 5}).encode(),
        json.dumps(BOUNCE | {"Type": ["x"]}).encode(),
    ],
)
def test_a_provider_that_reports_nonsense_is_told_so(body, caplog):
    UserFactory(email="wren@example.org")
    who = {"Authorization": "Basic " + b64encode(SECRET.encode()).decode()}

    answer = Client(enforce_csrf_checks=True).post(PATH, body, content_type="application/json", headers=who)

    assert answer.status_code in {200, 400}
    assert "wren" not in caplog.text
