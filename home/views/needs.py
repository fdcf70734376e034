"""What the overview says of people who wait, and of those who should read: numbers, never a name."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkins.models import Duty, FollowUp
from groups.models import Group, Membership
from notes.services import concern_waits_unread, report_waits_unread
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
    """Open groups that somebody runs and nobody reads first in: nobody is asked for words there."""
    readers = Duty.objects.filter(group=OuterRef("pk"), reader__is_active=True)
    run = Membership.objects.running().filter(group=OuterRef("pk"))
    groups = Group.objects.beyond_pairs().filter(Exists(run), ~Exists(readers), state=Group.State.OPEN)
    number = groups.count()
    if not number:
        return []
    title = ngettext("Nobody reads first in %(n)s group", "Nobody reads first in %(n)s groups", number)
    words = _("Members there are not asked for words. Ask those who run it to choose somebody.")
    return [Need(title % {"n": number}, words, "", reverse("checkins:unread"), _("See where"))]


def concerns_unread() -> list[Need]:
    """A concern waits, and nobody read it in time, or nobody may. Neither how many, nor whose, nor about whom."""
    if not concern_waits_unread():
        return []
    return [_for_safety(_("A concern waits for somebody"))]


def reports_unread(reader: User) -> list[Need]:
    """Something that does not concern the reader was passed on, and nobody read it in time, or nobody may."""
    if not report_waits_unread(reader):
        return []
    return [_for_safety(_("Something that was passed on waits for somebody"))]


def _for_safety(title: str) -> Need:
    words = _("Ring whoever looks after safety. Where nobody does, or it is about them, give somebody else that part.")
    return Need(title, words, _("Due now"), reverse("home:members"), _("Members"))
