"""Mail that comes back, as the provider reports it."""

from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from anymail.signals import tracking

from notices.models import MailTrouble
from notices.services import note_mail_trouble, try_mail_again
from people.models import AuditEntry, User
from people.policy import NotAllowed
from tests.catalogue import refused_by
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def report(address, event_type, reason=None):
    event = SimpleNamespace(recipient=address, event_type=event_type, reject_reason=reason)
    tracking.send("a provider", event=event, esp_name="Postmark")


def kinds():
    return list(MailTrouble.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("event_type", "reason", "found"),
    [
        ("delivered", None, []),
        ("opened", None, []),
        ("deferred", None, []),
        ("failed", None, []),
        ("bounced", "timed_out", []),
        ("bounced", "blocked", []),
        ("bounced", "invalid", ["bounced"]),
        ("bounced", "bounced", ["bounced"]),
        ("bounced", None, ["bounced"]),
        ("rejected", "bounced", ["bounced"]),
        ("rejected", "unsubscribed", ["bounced"]),
        ("rejected", "spam", ["complained"]),
        ("bounced", "spam", ["complained"]),
        ("complained", None, ["complained"]),
    ],
)
def test_only_what_lasts_is_noted(event_type, reason, found):
    UserFactory(email="wren@example.org")

    report("Wren@example.org", event_type, reason)

    assert kinds() == found


@pytest.mark.parametrize("address", ["", None, "nobody@example.org", "wren@example.org\x00", "x" * 5000])
def test_an_address_that_is_nobodys_changes_nothing_and_is_not_logged(address, caplog):
    UserFactory(email="other@example.org")

    with caplog.at_level("INFO"):
        report(address, "bounced", "invalid")

    assert kinds() == []
    assert "example.org" not in caplog.text


def test_the_same_report_twice_is_one(django_assert_num_queries):
    person = UserFactory(email="wren@example.org")
    first = note_mail_trouble("wren@example.org", "bounced")

    again = note_mail_trouble("wren@example.org", "bounced")

    assert (again.pk, again.at, kinds()) == (first.pk, first.at, ["bounced"])
    assert AuditEntry.objects.filter(action="mail.trouble", about=person).count() == 1


def test_a_complaint_outweighs_a_bounce_and_not_the_other_way():
    UserFactory(email="wren@example.org")

    for kind in ("bounced", "complained", "bounced"):
        note_mail_trouble("wren@example.org", kind)

    assert kinds() == ["complained"]


def test_only_they_and_admins_try_again():
    person = UserFactory()
    note_mail_trouble(person.email, "bounced")

    with pytest.raises(NotAllowed):
        try_mail_again(UserFactory(is_safety_lead=True), person=person)
    assert kinds() == ["bounced"]

    assert try_mail_again(UserFactory(is_admin=True), person=person)
    assert not try_mail_again(person, person=person)
    assert AuditEntry.objects.filter(action="mail.try", about=person).count() == 1


def test_with_another_address_it_is_over():
    person, other = UserFactory(email="old@example.org"), UserFactory(email="other@example.org")
    for user in (person, other):
        note_mail_trouble(user.email, "bounced")
    User.objects.filter(pk=person.pk).update(email="new@example.org")
    assert list(MailTrouble.objects.present()) == [other.mail_trouble]

    email_changed.send(
        EmailAddress,
        request=None,
        user=person,
        from_email_address=EmailAddress(email="old@example.org"),
        to_email_address=EmailAddress(email="new@example.org"),
    )

    assert list(MailTrouble.objects.values_list("user", flat=True)) == [other.pk]


def test_who_sees_it():
    person, admin = UserFactory(), UserFactory(is_admin=True)
    note_mail_trouble(person.email, "bounced")

    seen = [MailTrouble.objects.visible_to(user).count() for user in (UserFactory(), person, admin)]

    assert seen == [0, 1, 1]


def test_trouble_is_one_of_two_kinds():
    with refused_by("mailtrouble_kind"):
        MailTrouble.objects.create(user=UserFactory(), address="wren@example.org", kind="soft")
