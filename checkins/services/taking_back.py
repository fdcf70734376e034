"""Taking back what one wrote in a follow-up: gone for everybody at once, and for good (R6)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from checkins.models import FollowUp, Reply
from checkins.services.followups import hold
from checkins.services.handing import keepers_to_choose
from checkins.services.replies import HELLO, TO_KEEPER, TO_PERSON
from notices.models import Notice
from notices.services import withdraw
from people import audit
from people.models import User
from people.policy import can, ensure
from people.reader import as_reader
from people.sealed import unseal_each

Written = tuple[int, datetime, datetime | None]  # by whom, when, and when it was taken back


def own_reply(user: User, public_id: UUID) -> tuple[Reply, str] | None:
    """What this person wrote themself, with its words; None: there is no such thing of theirs.

    Must be called outside any transaction.
    """
    with as_reader(user):
        rows = Reply.objects.visible_to(user).select_related("followup__group", "followup__about")
        reply = rows.filter(public_id=public_id).first()
    if reply is None or not can(user, "reply.take_back", reply):
        return None
    return reply, unseal_each([(reply, reply.followup.about)], "words")[0]


def take_back_reply(actor: User, *, reply: Reply) -> Reply:
    """Destroy the words of a message; that it was here, and when it was taken back, stays. Twice is harmless.

    However long ago it was, and also when the follow-up is closed. Who was asked to look because of it still is: it
    stays unseen until somebody does (T13). Raises NotAllowed. Must be called outside any transaction.
    """
    with as_reader(actor):
        held = hold(reply.followup)
        ensure(actor, "reply.take_back", reply)
        row = Reply.objects.get(pk=reply.pk)
        if row.taken_back_at is None:
            row.words, row.taken_back_at = None, timezone.now()
            row.save(update_fields=["words", "taken_back_at"])
            audit.record(actor, "reply.take_back", row, about=held.about)
            withdraw(_told_of_nothing(actor, held))
    return row


def _told_of_nothing(actor: User, held: FollowUp) -> list[Notice]:
    """What was told of this thread and of which nothing stands any more."""
    topics = [TO_PERSON, TO_KEEPER, HELLO]
    told = Notice.objects.filter(user__in=_others(actor, held), topic__in=topics)
    rows = list(Reply.objects.filter(followup=held).values_list("author", "written_at", "taken_back_at"))
    about = held.about_id
    mine = {True: [row for row in rows if row[0] == about], False: [row for row in rows if row[0] != about]}
    notices = told.filter(ids__followup=str(held.public_id))
    return [notice for notice in notices if _is_empty(notice, mine[notice.user_id != about])]


def _others(actor: User, held: FollowUp) -> Iterable[User]:
    if actor.pk != held.about_id:
        return [held.about]
    return [keeper for keeper, _name in keepers_to_choose([held])[held.group_id]]


def _is_empty(notice: Notice, written: list[Written]) -> bool:
    """It was made for the last message before it, and stands for all that came after."""
    first = max((at for _author, at, _back in written if at <= notice.created_at), default=None)
    return first is not None and not any(back is None and at >= first for _author, at, back in written)
