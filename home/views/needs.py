"""What the overview says of people who wait, and of those who should read: numbers, never a name."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins.models import Duty, FollowUp
from groups.models import Group
from people.models import User


class Need(NamedTuple):
    """Something that waits for somebody, and where they can see to it."""

    title: str
    words: str
    state: str = ""
    url: str = ""
    go: str = ""


def waits_unseen(reader: User) -> list[Need]:
    """Somebody would like a word, and nobody has looked in time (T13). Before anything else."""
    waiting = FollowUp.objects.overseen_by(reader).waiting_unseen()
    groups = waiting.order_by().values("group").distinct().count()
    if not groups:
        return []
    title = ngettext("Something waits unseen in %(n)s group", "Something waits unseen in %(n)s groups", groups)
    words = _("Nobody has looked in time. See who was told, and ask somebody else to look.")
    return [Need(title % {"n": groups}, words, _("Due now"), reverse("checkins:waiting"), _("See what waits"))]


def nobody_reads() -> list[Need]:
    """Open groups in which nobody reads first: nobody is asked for words there."""
    readers = Duty.objects.filter(group=OuterRef("pk"), reader__is_active=True)
    number = Group.objects.beyond_pairs().filter(~Exists(readers), state=Group.State.OPEN).count()
    if not number:
        return []
    title = ngettext("Nobody reads first in %(n)s group", "Nobody reads first in %(n)s groups", number)
    words = _("Members there are not asked for words. Ask those who run it to choose somebody.")
    return [Need(title % {"n": number}, words, "", reverse("checkins:unread"), _("See where"))]
