"""How a session was, from those who were there: four questions, nobody's name, and counts from five answers on (R104).

The answers of the first day are shown after it, from five on. After that what is shown grows by five answers
at a time, and for each question by itself: whoever compares two looks learns what five people said, and never
what one said. The last few may stay unshown. Nobody is told how many those are.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import Feedback, FeedbackGiven, GroupSession
from sessions.services.seats import lock_session

FROM = 5  # answers
NOT_BEFORE = timedelta(hours=24)  # after the end
OPEN_FOR = timedelta(days=14)


class FeedbackClosed(Refused):
    """Before the end, or two weeks after it."""


class AlreadySaid(Refused):
    """Everybody says it once, so that nobody can be made to say it again."""


class NothingSaid(Refused):
    """Every question was left open."""


@dataclass(frozen=True)
class Heard:
    """One question, and how often each answer was given, the best first. Nothing while there are too few."""

    question: str
    answers: Sequence[tuple[str, int]]


@transaction.atomic
def give_feedback(user: User, *, session: GroupSession, answers: Mapping[int, int]) -> None:
    """Say once how it was: `answers` by question is a Feedback.Level; questions may be left out.

    That somebody answered is in the record, without a name. Raises NotAllowed, FeedbackClosed, AlreadySaid,
    NothingSaid.
    """
    session = lock_session(session)  # two at once are added up one after the other
    ensure(user, "feedback.give", session)
    if not session.is_over:
        raise FeedbackClosed(_("You can say how it was once the session is over"))
    if not feedback_is_open(session):
        raise FeedbackClosed(_("This was more than two weeks ago, so the answers are closed"))
    if not answers:
        raise NothingSaid(_("Choose an answer for one of the four, or more"))
    _given, new = FeedbackGiven.objects.get_or_create(session=session, user=user)
    if not new:
        raise AlreadySaid(_("You have said how this session was. Thank you"))
    _add(session, answers)
    audit.record(None, "feedback.give", session)


def feedback_is_open(session: GroupSession) -> bool:
    return not session.is_cancelled and session.ends_at <= timezone.now() < session.ends_at + OPEN_FOR


def has_said(user: User, session: GroupSession) -> bool:
    return FeedbackGiven.objects.filter(session=session, user=user).exists()


def heard_from(session: GroupSession) -> datetime:
    """From when on those who run the group see what was said."""
    return session.ends_at + NOT_BEFORE


def hear_feedback(actor: User, *, session: GroupSession) -> list[Heard]:
    """What may be seen now, by question. Raises NotAllowed."""
    ensure(actor, "feedback.read", session)
    row = Feedback.objects.visible_to(actor).filter(session=session).first()
    counts = _shown_now(row) if row and heard_from(session) <= timezone.now() else Feedback().shown
    levels = list(reversed(Feedback.Level))
    return [
        Heard(str(question.label), [(str(level.label), count[level - 1]) for level in levels] if any(count) else [])
        for question, count in zip(Feedback.Question, counts, strict=True)
    ]


def forget_who_said() -> int:
    """Erase who said how sessions were, once nobody can say it any more. Returns how many. Safe twice and late."""
    old = FeedbackGiven.objects.filter(session__ends_at__lte=timezone.now() - OPEN_FOR)
    return old.delete()[0]


def _add(session: GroupSession, answers: Mapping[int, int]) -> None:
    row = Feedback.objects.filter(session=session).first() or Feedback(session=session)
    first_day_is_over = heard_from(session) <= timezone.now()
    if first_day_is_over:
        row.shown = _shown_now(row)  # what could be seen a moment ago stays what is seen
    for question, level in answers.items():
        row.given[question][level - 1] += 1
    if first_day_is_over:
        row.shown = _shown_now(row)
    row.save()


def _shown_now(row: Feedback) -> list[list[int]]:
    """Each question with all that was given where that is five more than was seen, else as it was seen."""
    pairs = zip(row.given, row.shown, strict=True)
    return [deepcopy(given) if sum(given) - sum(shown) >= FROM else list(shown) for given, shown in pairs]
