"""A concern that was sent, read and talked over, one that was read, and a draft: facts, and what was done."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from groups.models import Group
from notes.services import ConcernWords, close_concern, keep_concern, read_concern
from people.models import User

FACTS = (
    "After the round Mo said to me at the door: “I don’t see the point of next week.” He said it twice, quietly. "
    "He said he had not slept since Sunday."
)
DONE = (
    "I asked him plainly whether he was thinking about suicide. He said: not tonight. Tunde looked after the others. "
    "We rang a help line together from the small room, he talked for a quarter of an hour. His sister came for him."
)
SHARED = "His sister: that he should not be alone tonight. He was there when I rang her."
EARLIER = ConcernWords(
    "A neighbour rang the office and said that shouting is heard next door at night.",
    "Gave her the number of the council’s line for adults. She rings there herself.",
)


def write_concerns(people: dict[str, User], groups: dict[str, Group]) -> None:
    """By Marisol; Priya has read what was sent."""
    marisol, priya, group = people["Marisol"], people["Priya"], groups["evenings"]
    now = timezone.now()
    earlier = keep_concern(
        marisol, once=uuid4(), words=EARLIER, happened_at=now - timedelta(days=20), told=["lead"], send=True
    )
    read_concern(priya, concern=earlier)
    close_concern(priya, concern=earlier)
    sent = keep_concern(
        marisol,
        once=uuid4(),
        words=ConcernWords(FACTS, DONE, SHARED),
        happened_at=now - timedelta(hours=20),
        about=group.memberships.members().get(user=people["Mo"]),
        told=["person", "lead", "other"],
        send=True,
    )
    read_concern(priya, concern=sent)
    draft = ConcernWords("Came in without a coat and said the flat has no heating. Wants to think about who may know.")
    keep_concern(marisol, once=uuid4(), words=draft, happened_at=now - timedelta(days=1), send=False)
