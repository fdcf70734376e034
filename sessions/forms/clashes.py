"""A date on which something is in the way, as a question: skip it, let somebody else lead, or keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from people.models import User
from people.words import clock_words
from sessions.models import GroupSession
from sessions.services import KEEP, SKIP, Clash, DayClash, Way

ROOM, ROOM_KNOWN = _("%(name)s is taken from %(when)s that day."), _("%(group)s is in %(name)s from %(when)s that day.")
YOU_RUN, RUNS = (
    _("You also run %(group)s, which meets from %(when)s that day."),
    _("%(name)s also runs a group that meets from %(when)s that day."),
)
YOU_LEAD, LEADS_KNOWN, LEADS = (
    _("You also lead %(group)s from %(when)s that day."),
    _("%(name)s also leads %(group)s from %(when)s that day."),
    _("%(name)s leads another session from %(when)s that day."),
)
YOU_AWAY, AWAY = _("You said that you are away that day."), _("%(name)s is away that day.")


@dataclass(frozen=True)
class Teller:
    """Says who is in the way, to one reader: a group is named only to those who know it."""

    reader: User
    names: Mapping[int, str] = field(repr=False)
    zone: ZoneInfo
    known: frozenset[int]  # groups that the reader belongs to

    def sentence(self, clash: Clash) -> str:
        words = {"name": self.name(clash.who), "group": clash.session.group.name, "when": self._when(clash.session)}
        is_own, is_known = clash.who == self.reader, clash.session.group_id in self.known
        if clash.kind == "room":
            return str(ROOM_KNOWN if is_known else ROOM) % words
        if clash.kind == "busy":
            return str(YOU_RUN if is_own else RUNS) % words
        return str(YOU_LEAD if is_own else LEADS_KNOWN if is_known else LEADS) % words

    def away(self, who: User) -> str:
        return str(YOU_AWAY if who == self.reader else AWAY) % {"name": self.name(who)}

    def way(self, way: Way, clash: DayClash) -> str:
        if way.key == SKIP:
            return str(_("Skip it"))
        if way.key == KEEP:
            gone = [self.name(found.who) for found in clash.clashes if found.kind != "busy"]
            names = str(_(" and ")).join(dict.fromkeys(gone))
            return str(_("Keep it without %(names)s")) % {"names": names} if gone else str(_("Keep it"))
        assert way.instead is not None  # neither skipped nor kept as it is
        words = _("%(name)s leads") if way.key.startswith("lead") else _("%(name)s helps")
        return str(words) % {"name": way.instead.alias}

    def name(self, who: object) -> str:
        return self.names.get(who.pk, who.called) if isinstance(who, User) else str(who)

    def _when(self, session: GroupSession) -> str:
        return clock_words(session.starts_at.astimezone(self.zone), session.ends_at.astimezone(self.zone))


@dataclass(frozen=True)
class Option:
    """One answer, as a radio button."""

    key: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Question:
    """What to do on one date. `is_new`: nobody has answered it yet."""

    clash: DayClash
    answer: str
    is_new: bool
    teller: Teller

    @property
    def name(self) -> str:
        return name_of(self.clash)

    @property
    def way(self) -> Way:
        return next(way for way in self.clash.ways if way.key == self.answer)

    @property
    def sentences(self) -> list[str]:
        away = [self.teller.away(who) for who in self.clash.away]
        return away + list(dict.fromkeys(self.teller.sentence(clash) for clash in self.clash.clashes))

    @property
    def options(self) -> list[Option]:
        ways = self.clash.ways
        return [Option(way.key, self.teller.way(way, self.clash), way.key == self.answer) for way in ways]


def questions(clashes: Iterable[DayClash], data: Mapping[str, object], teller: Teller, *, dates: int) -> list[Question]:
    """One for each date in the way. Unanswered, a date is skipped, or kept where that harms nobody."""
    clashes = list(clashes)
    all_skipped = sum(not clash.is_soft for clash in clashes) >= dates
    asked = []
    for clash in clashes:
        keys = [way.key for way in clash.ways]
        for_all = str(data.get("all", ""))
        given = for_all if for_all in keys else str(data.get(name_of(clash), ""))
        first = keys[-1] if clash.is_soft or all_skipped else SKIP
        asked.append(Question(clash, given if given in keys else first, given not in keys, teller))
    return asked


def name_of(clash: DayClash) -> str:
    return f"on_{clash.day:%Y-%m-%d}"
