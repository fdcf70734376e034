"""What a person has seen in the app."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from notices.models import Notice
from notices.querysets import NoticeQuerySet
from people.models import User
from people.policy import ensure


@transaction.atomic
def mark_read(actor: User, *, notice: Notice) -> Notice:
    """The person has seen it in the app. Raises NotAllowed."""
    ensure(actor, "notice.read", notice)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return notice


@transaction.atomic
def mark_all_read(actor: User, *, topics: Iterable[str] | None = None) -> int:
    """All that is new in this person's own list has been seen, or all about these topics. Returns how many."""
    unread = Notice.objects.visible_to(actor).unread()
    if topics is not None:
        unread = unread.filter(topic__in=topics)
    return now_read(unread)


def now_read(notices: NoticeQuerySet) -> int:
    """In the caller's transaction. Returns how many were news until now."""
    return notices.unread().update(read_at=timezone.now())
