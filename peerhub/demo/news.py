"""What a facilitator wrote to everybody in a group: it went out a few days ago."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from groups.models import Announcement, Group
from groups.services import announce, readers_of, tell_news
from people.models import User

WORDS = (
    "From next week the side door is the way in: the front is being painted until the end of the month. "
    "There is a lamp beside it, and one of us stands there from ten to seven.\n\nTea as always."
)
AGO = timedelta(days=4, hours=3)


def write_news(people: dict[str, User], groups: dict[str, Group]) -> None:
    """Written, waited for and told, with its days set back afterwards."""
    author, group = people["Marisol"], groups["evenings"]
    written = announce(author, group=group, words=WORDS, people=readers_of(group, author), once=uuid4())
    rows = Announcement.objects.filter(pk=written.pk)
    rows.update(goes_at=timezone.now())
    tell_news()
    then = timezone.now() - AGO
    rows.update(written_at=then, goes_at=then + timedelta(minutes=5), told_at=then + timedelta(minutes=5))
