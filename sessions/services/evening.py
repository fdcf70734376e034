"""Before a session begins: who is there, and what was looked at (R28)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Tick
from sessions.policies import leads
from sessions.services.seats import lock_session
from sessions.words import when_words

Item = Tick.Item
ONLINE_ONLY = (Item.LINK, Item.QUIET)


class NotTheTime(Refused):
    """The evening has not begun, or there is none any more."""


@dataclass(frozen=True)
class Check:
    """One thing to look at, in words, and whether somebody has."""

    item: str
    label: str
    done: bool


@transaction.atomic
def opened(session: GroupSession, user: User) -> bool:
    """Note that a host is there: by the door, the run sheet, or "I am here". Only the first one counts.

    Nothing happens for anybody who does not lead it, before the hour that hosts have, and when it is over. Says
    whether this was the moment.
    """
    if session.opened_at is not None or not session.door_is_open_to_facilitators or not leads(user, session):
        return False
    now = timezone.now()
    unopened = GroupSession.objects.scheduled().filter(pk=session.pk, opened_at=None)
    first = unopened.update(opened_at=now, opened_by=user)
    if first:
        session.opened_at, session.opened_by = now, user
        audit.record(user, "session.open", session)
    return bool(first)


def say_here(actor: User, *, session: GroupSession) -> GroupSession:
    """ "I am here", where nobody goes through a door of ours. Twice is once. Raises NotAllowed, NotTheTime."""
    ensure(actor, "evening.lead", session)
    if not session.door_is_open_to_facilitators:
        raise NotTheTime(_why_not(session))
    opened(session, actor)
    return session


def checklist(reader: User, session: GroupSession, *, colleague: str = "") -> list[Check]:
    """What this reader is asked to look at before this session. `colleague` is the other one who leads, if any.

    How somebody is today stands on their own list alone.
    """
    return checklists(reader, {session: colleague})[session]


def checklists(reader: User, colleagues: dict[GroupSession, str]) -> dict[GroupSession, list[Check]]:
    """The same for several sessions, with one question for all. `session.group` is there."""
    rows = Tick.objects.visible_to(reader).filter(session__in=colleagues).values_list("session_id", "item")
    done = set(rows)
    return {
        session: [Check(item, words, (session.pk, item) in done) for item, words in _items(session, colleague)]
        for session, colleague in colleagues.items()
    }


@transaction.atomic
def keep_checks(actor: User, *, session: GroupSession, ticked: Collection[str], shown: Collection[str]) -> GroupSession:
    """Write down what was ticked, and what no more: `shown` is what stood ticked on the page that was sent.

    What a colleague ticked meanwhile stays. Raises NotAllowed, NotTheTime.
    """
    session = lock_session(session)
    ensure(actor, "evening.lead", session)
    if session.is_cancelled or session.is_over:
        raise NotTheTime(_why_not(session))
    new, gone = set(ticked) - set(shown), set(shown) - set(ticked)
    ticks = [Tick(session=session, item=item, user=actor) for item in sorted(new)]
    Tick.objects.bulk_create(ticks, ignore_conflicts=True)
    Tick.objects.visible_to(actor).filter(pk__in=session.ticks.filter(item__in=gone)).delete()
    if new or gone:
        audit.record(actor, "session.check", session)
    return session


def _items(session: GroupSession, colleague: str) -> Iterable[tuple[str, str]]:
    online = session.group.format != "in_person"
    for item in Item:
        if (item in ONLINE_ONLY and not online) or (item == Item.COLLEAGUE and not colleague):
            continue
        yield item.value, _label(item, session, colleague)


def _label(item: Any, session: GroupSession, colleague: str) -> str:
    if item == Item.COLLEAGUE:
        return _("%(name)s is here") % {"name": colleague}
    if item == Item.HELP and session.group.format == "online":
        return _("Help card at hand")
    return str(Item(item).label)


def _why_not(session: GroupSession) -> str:
    if session.is_cancelled:
        return _("This session is cancelled, so nobody is there")
    if session.is_over:
        return _("This session is over")
    return _("You can say that you are here from %(when)s on") % {"when": when_words(session.opens_to_facilitators_at)}
