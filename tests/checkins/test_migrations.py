"""Migrations with real rows in the tables: forwards the right yes for everybody, backwards never in silence."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from checkins.services import take_back_reply
from people.models import Consent
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import FollowUpFactory, MembershipFactory, RequestFactory, reply

pytestmark = pytest.mark.django_db(transaction=True)
AS_THEY_WERE = """
    INSERT INTO checkins_rhythm ("on", every, weekday, part, hour, remind, user_id, after_missed)
    VALUES (false, 'week', 0, '', 10, false, %s, %s)
"""


@pytest.fixture(autouse=True)
def _forward_again():
    yield
    migrate()


def migrate(*target, **options):
    call_command("migrate", *target, verbosity=0, **options)


def stands(name):
    return MigrationRecorder(connection).migration_qs.filter(app="checkins", name=name).exists()


def test_going_back_unasked_is_refused_and_says_what_would_be_undone():
    with pytest.raises(CommandError, match=r"undo .*checkins\.0011_replies_taken_back, .* Back up the database"):
        migrate("checkins", "0009")

    assert stands("0011_replies_taken_back")


def test_what_the_older_tables_have_no_place_for_stops_it_and_stays(group, wren):
    """What was taken back has no words any more, and the older table wants some."""
    row = reply(FollowUpFactory(about=wren, group=group, cause="support"), wren, CANARY)
    take_back_reply(wren, reply=row)

    with pytest.raises(CommandError, match=r"checkins\.0011_replies_taken_back cannot be undone.*\(words\)") as refused:
        migrate("checkins", "0010", backwards=True)

    assert stands("0011_replies_taken_back")
    assert str(row.public_id) not in str(refused.value)


def test_a_hello_goes_on_for_those_who_had_it_and_for_nobody_else(group):
    """0009: the flag that stood on becomes a yes of its own, in words that say so."""
    never_chose, left_it_on, takes_a_break, switched_it_off, said_yes = (
        MembershipFactory(group=group, state=state).user for state in ("active", "active", "paused", "active", "active")
    )
    left = MembershipFactory(group=group, state="left", ended_at=MONDAY).user
    asks = RequestFactory(group=group).user
    migrate("checkins", "0008", backwards=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM checkins_rhythm")
        chosen = {left_it_on: True, takes_a_break: True, switched_it_off: False, left: True}
        cursor.executemany(AS_THEY_WERE, [(user.pk, on) for user, on in chosen.items()])
    Consent.objects.all().delete()
    Consent.objects.create(user=said_yes, purpose="hello", version="1", channel="joining")

    migrate()

    given = dict(Consent.objects.filter(purpose="hello", withdrawn_at=None).values_list("user", "version"))
    assert given == {never_chose.pk: "0", left_it_on.pk: "0", takes_a_break.pk: "0", said_yes.pk: "1"}
    assert {switched_it_off.pk, left.pk, asks.pk}.isdisjoint(given)


def test_there_and_back_nobody_gets_a_hello_they_did_not_have(group):
    greeted, left_be = (MembershipFactory(group=group).user for _ in range(2))
    before = Consent.objects.create(user=greeted, purpose="hello", version="1", channel="joining")

    migrate("checkins", "0008", backwards=True)
    migrate()

    assert list(Consent.objects.filter(purpose="hello").values_list("pk", "user", "version")) == [
        (before.pk, greeted.pk, "1")
    ]
    assert not Consent.objects.filter(user=left_be).exists()
