"""A person's own answers over time, to look at and to take along (R48)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from checkins.models import Answer, CheckIn, Reply
from checkins.services.replies import names_of
from checkins.trend import WEEK, Trend, Week
from people import audit
from people.local_time import local_day, monday
from people.models import User
from people.reader import as_reader
from people.sealed import unseal_each


@dataclass(frozen=True, repr=False)  # its words are nobody's to log
class Told:
    """One answer, or one message from or to whoever followed up, as its person takes it along."""

    week: date
    question: str = ""
    how_it_was: str = ""
    support: str = ""
    shared_with: str = ""
    words: str = ""
    written_by: str = ""
    written_at: str = ""


def trend_of(user: User, *, weeks: int) -> Trend:
    """The last so many weeks of the person's own calendar. One query."""
    last = monday(local_day(timezone.now(), user.zone))
    first = last - (weeks - 1) * WEEK
    rows = CheckIn.objects.filter(user=user, state=CheckIn.State.ANSWERED, week__gte=first, week__lte=last)
    found = rows.order_by("week").values_list("week", "mood", "public_id", "share")
    return Trend(
        first, last, [Week(week, mood, uid, share == "facilitators") for week, mood, uid, share in found if mood]
    )


def take_along(user: User) -> list[Told]:
    """Everything this person ever answered, with their words; then all that they wrote in follow-ups and that was
    written to them there, however long those are closed. Each oldest first; what was taken back is not among it.

    That it is taken along is written down and committed first (R109). Must be called outside any transaction.
    """
    with transaction.atomic(durable=True):
        audit.record(user, "checkin.take", about=user)
    rows = CheckIn.objects.filter(user=user, state=CheckIn.State.ANSWERED).select_related("group").order_by("week")
    with as_reader(user):
        answers = {answer.checkin_id: answer for answer in Answer.objects.filter(checkin__user=user)}
        written = _written(user)
        opened = unseal_each([(row, user) for row in (*answers.values(), *written)], "words")
        names = names_of(written)
    words = dict(zip(answers, opened, strict=False))
    told = [_told(row, words.get(row.pk, "")) for row in rows]
    return told + [_wrote(user, *pair, names) for pair in zip(written, opened[len(answers) :], strict=True)]


def _written(user: User) -> list[Reply]:
    rows = Reply.objects.standing().filter(followup__about=user).select_related("followup__group", "author")
    return list(rows.order_by("written_at", "pk"))


def _wrote(user: User, row: Reply, words: str, names: Mapping[tuple[int, int], str]) -> Told:
    at = row.written_at.astimezone(user.zone)
    name = names[row.followup.group_id, row.author_id]
    shared = row.followup.group.name
    return Told(monday(at.date()), shared_with=shared, words=words, written_by=name, written_at=at.isoformat())


def _told(row: CheckIn, words: str) -> Told:
    shared = row.group.name if row.is_shared and row.group else ""
    support = str(row.get_support_display()) if row.support else ""
    return Told(row.week, row.prompt, str(row.get_mood_display()), support, shared, words)
