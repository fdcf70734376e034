"""The subjects PeerHub tells people about. Each app's topics.py declares its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from people.models import User

Ids = Mapping[str, Any]
EVER = datetime.min.replace(tzinfo=UTC)


class Paths(NamedTuple):
    """Where a mail leads, without the site: its page, and what one click of a mail program ends it with, or ""."""

    link: str
    unsubscribe: str = ""


def _nothing_more(ids: Ids, user: User) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Topic:
    """One kind of message.

    `may` is asked when the message is made and again when it is sent: who left meanwhile gets nothing.
    `may_all`, where given, answers for many people with few questions: the ids of those who may. While it is sent
    its answer may be a second old; where that matters, because one message takes back another, leave it out.
    `line` is one short sentence for the list inside the app, made without a question to the database; `lines`,
    where given, makes many of them with one. `link` is the page it leads to.
    `template` renders the mail of a person who opted out of discreet mode, from `context`.
    `subject`, where given, stands over that mail instead of the one for all; it names no group and no person.
    `discreet_link`, where given, is a signed page that needs no sign-in; otherwise mail links to `link`.
    `area` is the heading under which people switch mails on and off; "" for what belongs to no other.
    `useful_until`, where given, is when the message is too late to be of use: then it is let go and counted.
    `look_up`, where given, finds for many people with few questions what the others would each ask for: what it
    finds for a person is added to the `ids` that they are given while a mail is made.
    `unsubscribe`, where given, makes from that signed page the path that one click of a mail program is sent to
    (RFC 8058).
    `alone` messages are never put into one mail with others: their link opens more than the list of notices.
    `essential` messages cannot be switched off and may leave in quiet hours; where `urgent_from` is given,
    only from the moment on that it says.
    """

    name: str
    may: Callable[[User, Ids], bool]
    line: Callable[[Ids, User], str]
    link: Callable[[Ids, User], str]
    template: str
    context: Callable[[Ids, User], dict[str, Any]] = _nothing_more
    discreet_link: Callable[[Ids, User], str] | None = None
    essential: bool = False
    urgent_from: Callable[[Ids, User], datetime] | None = None
    subject: Callable[[Ids, User], str] | None = None
    area: str = ""
    useful_until: Callable[[Ids, User], datetime] | None = None
    unsubscribe: Callable[[str], str] | None = None
    alone: bool = False
    may_all: Callable[[Sequence[User], Ids], set[int]] | None = None
    lines: Callable[[Sequence[Ids], User], list[str]] | None = None
    look_up: Callable[[Sequence[User], Ids], Mapping[int, Ids]] | None = None

    def paths(self, ids: Ids, user: User) -> Paths:
        leads = (self.discreet_link or self.link)(ids, user)
        return Paths(leads, self.unsubscribe(leads) if self.unsubscribe else "")

    def who_may(self, users: Iterable[User], ids: Ids) -> list[User]:
        """Those of them who may be told, each once and in their order."""
        active = list({user.pk: user for user in users if user.is_active}.values())
        if self.may_all is None:
            return [user for user in active if self.may(user, ids)]
        may = self.may_all(active, ids) if active else set()
        return [user for user in active if user.pk in may]

    def is_urgent_from(self, ids: Ids, user: User) -> datetime | None:
        """From when on this one may leave in quiet hours. None: it waits for their end."""
        if self.urgent_from is not None:
            return self.urgent_from(ids, user)
        return EVER if self.essential else None


_topics: dict[str, Topic] = {}


def in_area(area: str, *topics: Topic) -> list[Topic]:
    """The same topics under this heading."""
    return [replace(topic, area=area) for topic in topics]


def declare(*topics: Topic) -> None:
    for topic in topics:
        if _topics.setdefault(topic.name, topic) != topic:
            raise ValueError(f"two topics called {topic.name}")


def topic(name: str) -> Topic:
    """Raises KeyError for a topic nobody declared: a mistake of ours."""
    return _topics[name]


def names() -> list[str]:
    return sorted(_topics)
