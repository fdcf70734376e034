"""The run sheet: which step an evening is at, and whose turn it is (R29).

Where an evening stands is no record: it lies in the cache, as keys of people and nothing else, and is gone some
hours after the end. Both hosts turn the same page. Each press says which page it was pressed on, so that two
presses at once turn it once.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Membership
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Seat
from sessions.services.evening import NotTheTime
from sessions.services.seats import lock_session

TURN, BREAK = timedelta(minutes=2), timedelta(minutes=10)
SPOKE, PASSED = "spoke", "passed"


class Step(models.TextChoices):
    """The parts of an evening. A closing round is always one of them (R30)."""

    WELCOME = "welcome", gettext_lazy("Welcome")
    AGREEMENT = "agreement", gettext_lazy("Agreement")
    ROUND = "round", gettext_lazy("Opening round")
    TALK = "talk", gettext_lazy("Talking together")
    CLOSING = "closing", gettext_lazy("Closing round")
    NEXT = "next", gettext_lazy("What’s next")


STEPS = tuple(step.value for step in Step)
ROUNDS = (Step.ROUND.value, Step.CLOSING.value)
BEGIN = (0, 5, 10, 30, 60, 70)  # minutes into an evening of 75; longer and shorter ones in proportion
USUAL = 75


class Part(NamedTuple):
    """One step with its title and its time, on the group's clock."""

    key: str
    title: str
    begins: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        return int((self.ends - self.begins).total_seconds() // 60)


@dataclass(frozen=True)
class Sheet:
    """Where an evening stands. `count` rises with each press; people are keys, guests numbers below zero."""

    step: str = Step.WELCOME.value
    count: int = 0
    order: tuple[int, ...] = ()
    heard: Mapping[int, str] = field(default_factory=dict)
    speaker: int | None = None
    turn_until: datetime | None = None
    break_until: datetime | None = None
    agreed_at: datetime | None = None

    @property
    def number(self) -> int:
        return STEPS.index(self.step) + 1

    @property
    def is_round(self) -> bool:
        return self.step in ROUNDS

    @property
    def waiting(self) -> list[int]:
        """Who has not had a turn, in order, and does not have it now."""
        return [person for person in self.order if person not in self.heard and person != self.speaker]

    @property
    def following(self) -> int | None:
        return next(iter(self.waiting), None)


def plan_of(session: GroupSession) -> list[Part]:
    """The steps with their times. In whole fives where there is room for that."""
    grain = 5 if session.minutes >= 60 else 1
    at = [round(begin * session.minutes / USUAL / grain) * grain for begin in BEGIN]
    times = [(session.starts_at + timedelta(minutes=minutes)).astimezone(session.zone) for minutes in at]
    ends = [*times[1:], session.ends_at.astimezone(session.zone)]
    return [Part(step.value, str(step.label), *span) for step, *span in zip(Step, times, ends, strict=True)]


def read_sheet(session: GroupSession) -> Sheet:
    """Where the evening stands; at its beginning as long as nobody has turned a page."""
    kept = cache.get(_key(session))
    return Sheet(**kept) if kept else Sheet()


def names_of(session: GroupSession) -> dict[int, str]:
    """Whom a round may know: everybody who comes to this group, and who steps in for this session."""
    people = Membership.objects.coming().filter(group=session.group_id).exclude(role=Membership.Role.MENTOR)
    outside = session.bookings.of_hosts().values_list("host_id", "host__display_name")
    return dict(outside) | dict(people.values_list("user_id", "alias"))


def expected(session: GroupSession, names: Mapping[int, str]) -> tuple[int, ...]:
    """Who is in a round to begin with: who keeps a seat or came, by name, then those who lead."""
    seats = session.seats.filter(models.Q(state=Seat.State.GOING) | models.Q(came=Seat.Came.CAME))
    coming = set(seats.exclude(came__in=["apologies", "away", "left"]).values_list("user_id", flat=True))
    leading = _leading(session)
    by_name = sorted((coming - leading) & set(names), key=lambda pk: names[pk].casefold())
    return (*by_name, *sorted(leading & set(names), key=lambda pk: names[pk].casefold()))


@transaction.atomic
def turn_page(actor: User, *, session: GroupSession, do: str, count: int, who: int | None = None) -> tuple[Sheet, bool]:
    """Do one of MOVES, and say where the evening stands and whether this press has moved it.

    A press on a page that has been turned meanwhile moves nothing. `who` is for "put": the key of somebody of this
    group, or None for somebody without an account. Raises NotAllowed, NotTheTime.
    """
    session = lock_session(session)
    ensure(actor, "evening.lead", session)
    if not session.is_evening:
        raise NotTheTime(_("The run sheet goes along from an hour before the start until a while after the end"))
    sheet = read_sheet(session)
    if count != sheet.count:
        return sheet, False
    turned = replace(MOVES[do](sheet, session, who), count=sheet.count + 1)
    left = session.evening_ends_at - timezone.now()
    cache.set(_key(session), asdict(turned), timeout=left.total_seconds())
    return turned, True


def _forward(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return _to(sheet, session, min(sheet.number, len(STEPS) - 1))


def _agreed(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return replace(_forward(sheet, session, who), agreed_at=timezone.now())


def _back(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return _to(sheet, session, max(sheet.number - 2, 0))


def _to(sheet: Sheet, session: GroupSession, index: int) -> Sheet:
    """Another step: who spoke or passed, and in which order, is forgotten with the round."""
    stay = () if STEPS[index] == Step.NEXT else tuple(sorted(sheet.order))
    there = Sheet(step=STEPS[index], order=stay, agreed_at=sheet.agreed_at)
    if not there.is_round:
        return there
    names = names_of(session)
    first = expected(session, names)
    known = [pk for pk in first if pk in sheet.order] if sheet.order else list(first)
    late = sorted((pk for pk in sheet.order if pk not in known), key=lambda pk: names.get(pk, "").casefold())
    return replace(there, order=(*late, *known))


def _next(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return _after(sheet, SPOKE)


def _pass(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return _after(sheet, PASSED)


def _after(sheet: Sheet, said: str) -> Sheet:
    """The turn goes on; at the beginning of a round to the first."""
    if not sheet.is_round:
        return sheet
    heard = dict(sheet.heard) if sheet.speaker is None else {**sheet.heard, sheet.speaker: said}
    return _with_turn(replace(sheet, heard=heard), sheet.following)


def _away(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    """Whose turn it is has not come: the round goes on without them."""
    order = tuple(pk for pk in sheet.order if pk != sheet.speaker)
    return _with_turn(replace(sheet, order=order), sheet.following)


def _put(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    """Somebody is next: who came late, who would like to be first, or a guest."""
    if not sheet.is_round or (who is not None and who not in names_of(session)) or who == sheet.speaker:
        return sheet
    person = min((0, *sheet.order)) - 1 if who is None else who
    done = [pk for pk in sheet.order if pk in sheet.heard or pk == sheet.speaker]
    rest = [pk for pk in sheet.order if pk not in done and pk != person]
    heard = {pk: said for pk, said in sheet.heard.items() if pk != person}
    order = [*(pk for pk in done if pk != person), person, *rest]
    return replace(sheet, order=tuple(order), heard=heard)


def _pause(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return replace(sheet, break_until=timezone.now() + BREAK)


def _resume(sheet: Sheet, session: GroupSession, who: int | None) -> Sheet:
    return replace(sheet, break_until=None)


MOVES: dict[str, Callable[[Sheet, GroupSession, int | None], Sheet]] = {
    "forward": _forward,
    "agreed": _agreed,
    "back": _back,
    "next": _next,
    "pass": _pass,
    "away": _away,
    "put": _put,
    "break": _pause,
    "resume": _resume,
}


def _with_turn(sheet: Sheet, speaker: int | None) -> Sheet:
    until = None if speaker is None else timezone.now() + TURN
    return replace(sheet, speaker=speaker, turn_until=until)


def _leading(session: GroupSession) -> set[int]:
    """Who is booked; where nobody is, everybody who runs the group."""
    booked = set(session.bookings.of_hosts().values_list("host_id", flat=True))
    run = Membership.objects.facilitators().filter(group=session.group_id)
    return booked or set(run.values_list("user_id", flat=True))


def _key(session: GroupSession) -> str:
    return f"run-sheet:{session.public_id}"
