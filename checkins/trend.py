"""How somebody's own weeks were, in words: pure reckoning, without a score and without a judgement (R48, R3)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins.models import CheckIn

SPANS = (12, 26, 52)  # how many weeks can be looked at
WEEK = timedelta(days=7)
FEW = 3  # below that there is nothing to say about most of them
MONTHS_SAID = 2


@dataclass(frozen=True)
class Week:
    """One answered week: its Monday, one of the five words, and where the answer stands."""

    monday: date
    mood: int
    public_id: UUID
    shared: bool = False

    @property
    def word(self) -> str:
        return str(CheckIn.Mood(self.mood).label)


@dataclass(frozen=True)
class Trend:
    """The answered weeks from `first` to `last`, oldest first. A week without an answer is a gap, and that is all."""

    first: date
    last: date
    weeks: Sequence[Week]

    @property
    def places(self) -> list[tuple[date, Week | None]]:
        """Every week of the span with its answer, if there is one."""
        answered = {week.monday: week for week in self.weeks}
        count = (self.last - self.first).days // 7 + 1
        return [(monday, answered.get(monday)) for monday in (self.first + n * WEEK for n in range(count))]

    @property
    def sentences(self) -> list[str]:
        """Most weeks were mixed or okay. The hardest was in March."""
        if not self.weeks:
            return []
        if len(self.weeks) < FEW:
            said = ngettext(
                "You answered one week: %(words)s.", "You answered %(n)s weeks: %(words)s.", len(self.weeks)
            )
            return [said % {"n": len(self.weeks), "words": ", ".join(week.word.lower() for week in self.weeks)}]
        return [self._most(), *self._ends()]

    def _most(self) -> str:
        counts = Counter(week.mood for week in self.weeks)
        if len(counts) == 1:
            return _("All of these weeks were %(word)s.") % {"word": _lower(self.weeks[0].mood)}
        ((top, number), *_others) = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
        half = len(self.weeks) / 2
        if number > half:
            return _("Most weeks were %(word)s.") % {"word": _lower(top)}
        low = max(range(1, 5), key=lambda mood: counts[mood] + counts[mood + 1])
        if counts[low] + counts[low + 1] > half and counts[low] and counts[low + 1]:
            return _("Most weeks were %(one)s or %(other)s.") % {"one": _lower(low), "other": _lower(low + 1)}
        return _("Your weeks were of many kinds.")

    def _ends(self) -> list[str]:
        """When it was hardest and when it was easiest, if that was not all the time."""
        moods = [week.mood for week in self.weeks]
        low, high = min(moods), max(moods)
        if low == high:
            return []
        hardest, easiest = self._months(low), self._months(high)
        said = [_("The hardest was in %(months)s.") % {"months": hardest}] if hardest else []
        return said + ([_("The easiest was in %(months)s.") % {"months": easiest}] if easiest else [])

    def _months(self, mood: int) -> str:
        """March; March and May. Empty when it was in more months than one would say."""
        days = [week.monday for week in self.weeks if week.mood == mood]
        years = {week.monday.year for week in self.weeks}
        form = "F Y" if len(years) > 1 and self.last - self.first > 30 * WEEK else "F"
        months = list(dict.fromkeys(date_format(day, form) for day in days))
        if len(months) > MONTHS_SAID:
            return ""
        return _("%(one)s and %(other)s") % {"one": months[0], "other": months[1]} if len(months) > 1 else months[0]


def _lower(mood: int) -> str:
    return str(CheckIn.Mood(mood).label).lower()
