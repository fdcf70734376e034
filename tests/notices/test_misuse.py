"""What would stop every mail, or a whole list, if one setting or one row were odd."""

from email import message_from_bytes, policy

import pytest
import time_machine
from django.core import mail

from notices import services
from people.models import Organisation
from tests.factories import NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00:00+00:00"
ODD_NAMES = [
    "Harbour\\",
    '"Harbour"',
    '\\"',
    "Harbour <a@b.example>",
    "a, b; c",
    "(x",
    "Ha\r\nBcc: x@y.example",
    "=?utf-8?q?x?=",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_whatever_the_organisation_calls_itself_its_mail_is_from_our_address(name, subject, organisation, settings):
    Organisation.objects.update(sender=name)
    with time_machine.travel(NOON, tick=False):
        services.tell([UserFactory()], "test", "k")
        services.send_due()

    seen = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert [address.addr_spec for address in seen["From"].addresses] == [settings.DEFAULT_FROM_EMAIL]
    assert seen["Bcc"] is None


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("host.talk", {"closing": "x"}),
        ("host.talk", {"person": 5}),
        ("host.talk", []),
        ("news.written", []),
        ("reply.to_member", {}),
        ("a topic of long ago", {}),
    ],
)
def test_a_notice_that_is_odd_breaks_neither_the_list_nor_its_own_line(name, ids, organisation, client):
    client.force_login(user := UserFactory())
    odd, fine = NoticeFactory(user=user, topic=name, ids=ids), NoticeFactory(user=user, topic="host.talk", ids={})

    page = client.get("/notices/").content.decode()

    assert str(odd.public_id) in page
    assert str(fine.public_id) in page
    assert client.post(f"/notices/{odd.public_id}/").status_code == 302
