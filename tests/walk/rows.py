"""What one row of the table says, and the short ways to write it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.walk.world import ANON, EVERYONE, MEMBER, SUSPENDED, World

SENT = {200, 302, 303, 409, 422}  # a form that went through, or came back with something to fix


@dataclass(frozen=True)
class Row:
    """What one address answers."""

    path: Callable[[World], str]
    get: Collection[str] | None = None  # None: nobody looks here, only POST is known
    post: Collection[str] | None = None
    deny: int = 404
    seen: frozenset[int] = frozenset({200})
    sent: frozenset[int] = frozenset(SENT)
    near: Collection[str] = ()  # they know that it exists: 403
    records: Mapping[str, int] = field(default_factory=dict)  # lines that a look of this role leaves in the record
    marks: Collection[str] = ()  # tables that a look may write to
    leads_out: bool = False
    public_file: bool = False
    foreign: bool = False  # not ours (allauth): its own methods, our headers

    def asks_to_sign_in(self, role: str, method: str) -> bool:
        allowed = self.get if method in {"GET", "HEAD"} else self.post
        return role in {ANON, SUSPENDED} and allowed is not None and role not in allowed

    def expected(self, role: str, method: str) -> set[int]:
        """The statuses that are right. Who brings a session gets no head of a page: nobody would see it (0046).

        Somebody signed out has one once they have answered by a link.
        """
        head = {405} if method == "HEAD" else set()
        return head if head and role != ANON else self._expected(role, method) | head

    def _expected(self, role: str, method: str) -> set[int]:
        if self.foreign:
            return {200, 302, 303, 400, 403, 404, 405, 409}
        allowed = self.get if method in {"GET", "HEAD"} else self.post if method == "POST" else None
        if self.asks_to_sign_in(role, method):
            return {302}
        if allowed is None:
            # Signing in comes before the method: somebody signed out is asked to sign in either way.
            closed = ANON not in (self.get or self.post or ()) and role in {ANON, SUSPENDED}
            return {302} if closed else {405}
        if role not in allowed:
            return {403 if role in self.near else self.deny}
        return set(self.seen if method in {"GET", "HEAD"} else self.sent)


def at(name: str, *args: Callable[[World], Any]) -> Callable[[World], str]:
    return lambda world: reverse(name, args=[arg(world) for arg in args])


def slug(world: World) -> str:
    return world.group.slug


def id_of(thing: str) -> Callable[[World], Any]:
    return lambda world: world.things[thing].public_id


def slug_of(thing: str) -> Callable[[World], Any]:
    return lambda world: world.things[thing].slug


def person_of(world: World) -> Any:
    return world.people[MEMBER].public_id


def page(name: str, who: Collection[str] = EVERYONE, *args: Callable[[World], Any], **more: Any) -> tuple[str, Row]:
    """Only looked at."""
    return name, Row(at(name, *args), get=who, **more)


def form(name: str, who: Collection[str], *args: Callable[[World], Any], **more: Any) -> tuple[str, Row]:
    """Looked at and sent by the same people."""
    return name, Row(at(name, *args), get=who, post=who, **more)


def button(name: str, who: Collection[str], *args: Callable[[World], Any], **more: Any) -> tuple[str, Row]:
    """Only sent."""
    return name, Row(at(name, *args), post=who, **more)
