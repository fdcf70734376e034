"""A hello to somebody who was not there: sent by a person, or by itself, and answered with one tap (R36, R37)."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import FollowUp, Reply
from checkins.querysets import FollowUpQuerySet
from checkins.services.escalations import plan_escalations
from checkins.services.followups import hold, open_followup, was_looked_at, withdraw
from checkins.services.keepers import ask_keepers, promised_by
from checkins.services.quiet import is_quiet
from checkins.services.replies import HELLO, TO_PERSON, add_reply, ensure_may_write, sent_before
from groups.models import Group, Membership
from notices.services import tell
from people import audit, consents
from people.errors import Refused
from people.models import Consent, User
from people.policy import ensure
from people.reader import as_reader

Cause, Said, State = FollowUp.Cause, FollowUp.Said, FollowUp.State
ANSWERABLE_FOR = timedelta(days=14)
UNDO_FOR = timedelta(minutes=15)  # a roll that is put right within it sends nothing


class LeftBe(Refused):
    """The person did not say yes to being written to for not having been there."""


class NotQuiet(Refused):
    """They were there since, somebody is in touch already, or two hellos have gone."""


class HelloIsOld(Refused):
    """It was answered by time itself."""


def send_hello(actor: User, *, followup: FollowUp, words: str, once: UUID | None = None) -> Reply:
    """Send a hello in these words. The person can answer it with one tap.

    What is no matter of having been away, such as a first time, is a message like any other. Raises LeftBe and what
    `write_reply` raises. Must be called outside any transaction.
    """
    with as_reader(actor):
        held = hold(followup)
        if standing := sent_before(actor, held, words, once):
            return standing
        ensure_may_write_hello(actor, held)
        return _say_hello(actor, held, words, once)


def send_hello_to_quiet(actor: User, *, membership: Membership, words: str) -> FollowUp:
    """Put somebody from the quiet list on the work list, with a hello. Raises NotQuiet and what `send_hello` raises."""
    with as_reader(actor):
        ensure(actor, "followup.open", membership.group)
        Group.objects.select_for_update(no_key=True).get(pk=membership.group_id)
        if not is_quiet(actor, membership):
            raise NotQuiet(_("They have been here since, or somebody is in touch with them already."))
        followup = open_followup(actor, about=membership.user, group=membership.group, due_at=promised_by(Cause.MISSED))
        held = hold(followup)
        ensure_may_write_hello(actor, held)
        _say_hello(actor, held, words)
        return held


def ensure_may_write_hello(actor: User, held: FollowUp) -> None:
    ensure_may_write(actor, held)
    if held.takes_hello and held.cause != Cause.FIRST and not may_be_greeted(held.about, held.group):
        raise LeftBe(_("They take a break, or would like no hello when they were not there. So none goes."))


def may_be_greeted(user: User, group: Group) -> bool:
    """They belong to the group, take no break, and said yes to a hello. Asked again when the mail leaves."""
    here = Membership.objects.filter(user=user, group=group, state=Membership.State.ACTIVE)
    return here.exists() and Consent.objects.said_yes(user, consents.HELLO["purpose"])


def _say_hello(actor: User, held: FollowUp, words: str, once: UUID | None = None) -> Reply:
    answerable = held.takes_hello and held.cause != Cause.FIRST
    if answerable:
        held.hello_at = timezone.now()
        held.save()
    return add_reply(actor, held, words, HELLO if answerable else TO_PERSON, once=once)


# -- without a look before ------------------------------------------------------------------------
def greet_by_itself(followup: FollowUp) -> None:
    """Where the organisation wants no look before: the hello goes by itself, and nobody owes anything (R36).

    In the caller's transaction. The mail waits a little, so that a slip on the roll can be put right unsent.
    """
    followup.hello_at = timezone.now()
    followup.close(State.DONE, by=None, outcome=FollowUp.Outcome.WROTE)
    followup.save()
    key = f"hello {followup.public_id}"
    tell([followup.about], HELLO, key, after=UNDO_FOR, followup=str(followup.public_id))


def take_hello_back(actor: User, followup: FollowUp) -> None:
    """The roll was put right: what went by itself and nobody answered is as if it had not been."""
    followup.hello_at = None
    withdraw(actor, followup)


# -- the answer -------------------------------------------------------------------------------------
@transaction.atomic
def answer_hello(actor: User, *, followup: FollowUp, said: str) -> FollowUp:
    """What the person tapped; they may tap something else. A wish for a chat is a follow-up of its own (R37).

    Raises HelloIsOld, NotAllowed.
    """
    held = hold(followup)
    ensure(actor, "hello.answer", held)
    if held.hello_at is None or held.hello_at < timezone.now() - ANSWERABLE_FOR:
        raise HelloIsOld(_("That hello is a while ago. You can always ask somebody to get in touch in a check-in."))
    was_said, held.said, held.said_at = held.said, said, timezone.now()
    held.save()
    audit.record(actor, "hello.answer", held, about=actor)
    if said == Said.CHAT:
        _open_chat(actor, held, is_anew=was_said != Said.CHAT)
    elif (asked := chat_of(held)) and asked.is_open and not was_looked_at(asked):
        withdraw(actor, hold(asked))
    return held


def chat_of(followup: FollowUp) -> FollowUp | None:
    """The follow-up that came of a wish for a chat, if it stands; the latest of several."""
    return _chats(followup).exclude(state=State.DROPPED).with_names().select_related("about").first()


def _chats(hello: FollowUp) -> FollowUpQuerySet:
    theirs = FollowUp.objects.filter(about=hello.about_id, group=hello.group_id, cause=Cause.SUPPORT)
    return theirs.filter(key__startswith=f"chat {hello.public_id}").order_by("-pk")


def _open_chat(actor: User, hello: FollowUp, *, is_anew: bool) -> None:
    """A chat that was had is another one when it is asked for again; what was taken back opens again."""
    chats = list(_chats(hello).select_for_update(of=("self",)))
    chat = chats[0] if chats else None
    if chat is None or (chat.state == State.DONE and is_anew):
        chat = FollowUp(about=actor, group=hello.group, session=hello.session, cause=Cause.SUPPORT)
        chat.key = f"chat {hello.public_id}" + (f" {len(chats) + 1}" if chats else "")
    elif chat.state != State.DROPPED:
        return
    chat.due_at, chat.seen_at = promised_by(Cause.SUPPORT), None
    chat.open_again()
    chat.save()
    audit.record(actor, "followup.open", chat, about=actor, reason=Cause.SUPPORT)
    ask_keepers(chat)
    plan_escalations(chat)
