"""What leaves the house says nothing to a stranger (safety.md T1)."""

import html
import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from checkins.models import CheckIn, Rhythm
from checkins.services import answer_checkin, ask_due, say_more, tell_asked
from notices.models import Delivery, Notice
from notices.registry import topic
from notices.services import send_due
from people.models import AuditEntry
from tests.checkins.conftest import MONDAY
from tests.factories import CheckInFactory, ConsentFactory, CrisisLineFactory, RhythmFactory

pytestmark = pytest.mark.django_db
CANARY = "quartzcanary"


@pytest.fixture
def canaries(group, wren, marisol, tunde, duty):
    """The same odd word wherever a person or a group could be named."""
    group.name = f"Group {CANARY}"
    group.save()
    group.memberships.filter(user=wren).update(alias=f"A {CANARY}")
    group.memberships.filter(user=marisol).update(alias=f"M {CANARY}")
    for user in (wren, marisol, tunde):
        user.display_name = f"Name {CANARY}"
        user.save()
    ConsentFactory(user=wren)
    RhythmFactory(user=wren, next_at=MONDAY)
    return wren


def ask():
    """As the clock does it: first the rows, then their messages."""
    return ask_due(), tell_asked()


def ask_with_canary():
    ask()
    CheckIn.objects.update(prompt=f"Prompt {CANARY}")
    send_due()


def whole(message):
    return message.message().as_string() + "".join(str(part) for part, _ in message.alternatives) + message.body


def test_discreet_mail_has_one_link_and_nothing_else(canaries):
    ask_with_canary()

    (message,) = mail.outbox
    text = whole(message)
    assert CANARY not in text
    assert not [word for word in ("mental", "feel", "week", "support", "check-in", "How") if word in text]
    assert message.subject == "A message for you"
    assert text.count("http://localhost:8000/c/") >= 2
    assert message.body.count("http") == 1


def test_the_link_in_the_mail_opens_the_question(canaries, client):
    ask_with_canary()

    url = next(word for word in mail.outbox[0].body.split() if word.startswith("http"))
    assert client.get(url.removeprefix("http://localhost:8000")).status_code == 200


def test_mail_of_somebody_who_chose_words_has_five_links_that_only_preselect(canaries, client):
    CrisisLineFactory(name="Samaritans", number="116 123")
    canaries.discreet = False
    canaries.save()
    ask_with_canary()

    (message,) = mail.outbox
    assert message.subject == "A note for Monday"
    links = [word for word in message.body.split() if "/c/" in word]
    assert [link[-4:] for link in links[:5]] == [f"?a={n}" for n in range(1, 6)]
    assert links[5].endswith("/pause/")
    for link in links:
        client.get(link.removeprefix("http://localhost:8000"))
    assert CheckIn.objects.get().mood is None
    assert not Rhythm.objects.get().is_paused


def test_it_asks_in_words_of_ours_and_never_in_the_organisations(canaries):
    canaries.discreet, canaries.display_name = False, "Wren"
    canaries.save()
    ask_with_canary()

    (message,) = mail.outbox
    assert "Hello Wren, how has this week been?" in message.body
    assert CANARY not in whole(message)


def test_its_text_and_its_page_say_the_same(canaries):
    CrisisLineFactory(name="Samaritans", number="116 123")
    canaries.discreet = False
    canaries.save()
    ask_with_canary()

    (message,) = mail.outbox
    ((page, _kind),) = message.alternatives
    assert said(page) == said(message.body)
    for words in ("Nobody else reads your answer", "We will not chase you.", "Call 116 123", "Two taps"):
        assert words in said(page)
    assert set(re.findall(r"http[^\s\"<]+", message.body)) == {
        html.unescape(url) for url in re.findall(r'href="(http[^"]+)"', page)
    }
    assert re.findall(r"<img|src=|url\(", page) == []


def said(text):
    """The words of a mail, however it is made."""
    plain = re.sub(r"<(head|title|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    plain = re.sub(r"http\S+", " ", html.unescape(re.sub(r"<[^>]+>", " ", plain)))
    return " ".join(re.sub(r"\s*[:,]\s*", " ", plain).split())


@pytest.mark.parametrize(
    ("at", "zone", "day"),
    [("2026-11-23T10:00Z", "Europe/London", "Monday"), ("2026-11-23T22:00Z", "Pacific/Auckland", "Tuesday")],
)
def test_its_subject_names_the_day_of_whoever_gets_it(canaries, at, zone, day):
    canaries.time_zone = zone
    ids = {"week": CheckInFactory(user=canaries, asked_at=MONDAY).week.isoformat()}

    with time_machine.travel(at, tick=False):
        assert topic("checkin.ask").subject(ids, canaries) == f"A note for {day}"


@pytest.mark.parametrize(("hours", "mails", "dropped"), [(35, 1, ""), (37, 0, "late")])
def test_a_mail_that_waited_for_its_server_beyond_the_grace_is_let_go_and_counted(canaries, hours, mails, dropped):
    """Else it would come beside the next question, which is never nearer than three days to the last one."""
    ask()

    with time_machine.travel(MONDAY + timedelta(hours=hours), tick=False):
        Delivery.objects.update(send_at=MONDAY)
        canaries.quiet_from = canaries.quiet_to = time(3)  # at any hour of the day
        canaries.save()
        send_due()

    assert len(mail.outbox) == mails
    assert Delivery.objects.get().dropped_for == dropped
    assert CheckIn.objects.get().waits


def test_a_facilitator_learns_from_the_mail_only_that_somebody_waits(canaries, group, marisol):
    marisol.discreet = False
    marisol.save()
    ask()
    checkin = CheckIn.objects.get()
    answer_checkin(canaries, checkin=checkin, mood=1)
    words = f"words {CANARY}"
    say_more(canaries, checkin=checkin, support="write", words=words, share="facilitators", group=group)
    send_due()

    assert len(mail.outbox) == 1  # whoever reads first
    for message in mail.outbox:
        assert CANARY not in whole(message)
        assert message.subject == "A message for you"


def test_who_answered_or_left_meanwhile_gets_no_mail(canaries):
    ask()
    answer_checkin(canaries, checkin=CheckIn.objects.get(), mood=3)
    send_due()
    assert (mail.outbox, Delivery.objects.get().state) == ([], "dropped")


def test_who_left_meanwhile_gets_no_mail(canaries):
    ask()
    canaries.memberships.update(state="left", ended_at=timezone.now())
    send_due()

    assert (mail.outbox, Delivery.objects.get().state) == ([], "dropped")


def test_a_follow_up_that_was_taken_back_sends_no_mail(canaries, group):
    ask()
    checkin = CheckIn.objects.get()
    answer_checkin(canaries, checkin=checkin, mood=2)
    say_more(canaries, checkin=checkin, support="write", words="", share="me", group=group)
    say_more(canaries, checkin=checkin, support="no", words="", share="me", group=None)
    send_due()

    assert mail.outbox == []


def test_the_list_of_notices_names_nobody(canaries, group, as_person, marisol):
    ask()
    checkin = CheckIn.objects.get()
    answer_checkin(canaries, checkin=checkin, mood=2)
    say_more(canaries, checkin=checkin, support="write", words=CANARY, share="me", group=group)

    page = as_person(marisol).get("/notices/").content.decode()
    assert "There is somebody to look after in a group of yours." in page
    assert f"A {CANARY}" not in page
    assert CANARY not in str(list(Notice.objects.values())) + str(list(AuditEntry.objects.values()))
    assert "Two taps" in as_person(canaries).get("/notices/").content.decode()


def test_nothing_leaves_in_quiet_hours_whatever_the_clock_does(canaries):
    Rhythm.objects.update(hour=19)
    with time_machine.travel(datetime(2026, 11, 23, 21, tzinfo=UTC), tick=False):
        assert (ask(), send_due()) == ((0, 0), 0)
    with time_machine.travel(datetime(2026, 11, 24, 8, tzinfo=UTC), tick=False):
        assert (ask(), send_due()) == ((1, 1), 1)
        assert Rhythm.objects.get().next_at - timezone.now() > timedelta(days=3)
