"""What one host sees on the run sheet: the step that it is at, the round, and the whole evening."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from groups.http import limits_in_paragraphs
from groups.models import Membership
from groups.policies import runs
from people.models import User
from sessions.models import GroupSession
from sessions.services import Leader, Part, Sheet, expected, leaders_of, names_of, newcomers, plan_of, read_sheet
from sessions.services.run_sheet import PASSED

GUEST = "guest"


class Turn(NamedTuple):
    """One person in a round: the name, what happened, and whether it is their turn."""

    name: str
    said: str
    here: bool

    @property
    def passed(self) -> bool:
        return self.said == PASSED


@dataclass(frozen=True)
class RunSheet:
    """The page of one reader."""

    reader: User
    session: GroupSession

    @cached_property
    def sheet(self) -> Sheet:
        return read_sheet(self.session)

    @cached_property
    def parts(self) -> list[Part]:
        return plan_of(self.session)

    @property
    def part(self) -> Part:
        return self.parts[self.sheet.number - 1]

    @property
    def coming_part(self) -> Part | None:
        return self.parts[self.sheet.number] if self.sheet.number < len(self.parts) else None

    @property
    def part_before(self) -> Part | None:
        return self.parts[self.sheet.number - 2] if self.sheet.number > 1 else None

    @property
    def is_live(self) -> bool:
        return self.session.is_evening

    @cached_property
    def runs_it(self) -> bool:
        return runs(self.reader, self.session.group)

    @property
    def shows_names(self) -> bool:
        """Who steps in from outside reads them when the evening comes."""
        return self.is_live or self.runs_it

    @cached_property
    def leaders(self) -> list[Leader]:
        return leaders_of(self.session)

    @property
    def lead(self) -> Leader | None:
        return next((one for one in self.leaders if one.duty == "lead"), None)

    @property
    def second(self) -> Leader | None:
        return next((one for one in self.leaders if one.duty == "co"), None)

    @cached_property
    def newcomers(self) -> list[str]:
        return newcomers([self.session]).get(self.session.pk, []) if self.shows_names else []

    @cached_property
    def names(self) -> dict[int, str]:
        return names_of(self.session) | {self.reader.pk: _("You")}

    @cached_property
    def people(self) -> tuple[int, ...]:
        """Who is in the round: before anybody spoke, those who are expected."""
        order = self.sheet.order or expected(self.session, self.names)
        return tuple(pk for pk in order if pk < 0 or pk in self.names)

    @property
    def turns(self) -> list[Turn]:
        heard, speaker = self.sheet.heard, self.sheet.speaker
        return [Turn(self.called(pk), heard.get(pk, ""), pk == speaker) for pk in self.people]

    @property
    def heard(self) -> int:
        return sum(pk in self.sheet.heard for pk in self.people)

    @property
    def speaker(self) -> str:
        return "" if self.sheet.speaker is None else self.called(self.sheet.speaker)

    @property
    def following(self) -> str:
        return "" if self.sheet.following is None else self.called(self.sheet.following)

    @property
    def template(self) -> str:
        return f"sessions/steps/{self.sheet.step}.html"

    @property
    def speaker_is_reader(self) -> bool:
        return self.sheet.speaker == self.reader.pk

    @property
    def goes_on_first(self) -> bool:
        """Whether going on is the one thing to do: not while somebody in a round has yet to be heard."""
        return not self.sheet.is_round or (self.sheet.speaker is None and self.sheet.following is None)

    @property
    def break_is_up(self) -> bool:
        return self.sheet.break_until is not None and self.sheet.break_until <= timezone.now()

    @property
    def time_is_up(self) -> bool:
        return self.sheet.turn_until is not None and self.sheet.turn_until <= timezone.now()

    def called(self, pk: int) -> str:
        return _("A guest") if pk < 0 else self.names.get(pk, _("Somebody"))

    def choices(self) -> Iterator[tuple[str, str]]:
        """Who can be next: everybody of the group, and somebody without an account.

        Who steps in from outside chooses among those who come, and does not read the list of members here.
        """
        known = self.names if self.runs_it else {*self.sheet.order, *expected(self.session, self.names)}
        rows = Membership.objects.coming().filter(group=self.session.group_id, user__in=known)
        for key, pk in rows.by_name().values_list("public_id", "user_id"):
            if pk != self.sheet.speaker:
                yield str(key), self.called(pk)
        yield GUEST, _("Somebody without an account")

    @cached_property
    def agreement(self) -> dict[str, Any]:
        """Read aloud: what the group promises, when something may not stay here, and who has to pass things on."""
        current = self.session.group.agreement
        sections = current.sections if current else []
        duties = self.session.group.memberships.facilitators().exclude(duty="").by_name()
        promises = [section["promise"] for section in sections if section.get("topic") != "limits"]
        return {"promises": promises, "limits": limits_in_paragraphs(), "duties": duties}

    @cached_property
    def next_session(self) -> GroupSession | None:
        later = self.session.group.sessions.scheduled().filter(starts_at__gt=self.session.starts_at)
        return later.order_by("starts_at", "pk").first()

    @cached_property
    def next_lead(self) -> Leader | None:
        leaders = leaders_of(self.next_session) if self.next_session else []
        return next((one for one in leaders if one.duty == "lead"), None)
