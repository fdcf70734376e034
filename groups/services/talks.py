"""A short welcome talk before the answer: offered, agreed to or not, and held. Not an interview (R9)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import AlreadyDecided, BadTime, NoTalks, TalkChanged
from groups.models import Membership, WelcomeTalk
from groups.services.deciding import undecided, what_stands
from groups.services.locks import hold_group, hold_membership
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal

State = WelcomeTalk.State


@transaction.atomic
def offer_talk(
    actor: User, *, membership: Membership, at: datetime, how: str, seen: datetime | None = None
) -> WelcomeTalk:
    """Offer a talk at this moment, or another moment than the one that stands. `how` is sealed.

    `seen` is the time that stood on the actor's page: two who offer at once are told of each other.
    Raises NotAllowed, AlreadyDecided, NoTalks, BadTime and TalkChanged.
    """
    group = hold_group(membership.group_id)
    row = undecided(actor, membership)
    talk = talk_of(row)
    _ensure_may_offer(row, talk, offers_talk=group.offers_talk)
    if at <= timezone.now():
        raise BadTime(_("Choose a time that is still to come"))
    if (talk.at if talk else None) != seen:
        raise TalkChanged(_("Somebody else has offered a talk, or another time for it. Look at it first."))
    talk = talk or WelcomeTalk(membership=row)
    since = talk.answered_at
    talk.at, talk.offered_by, talk.state, talk.answered_at = at, actor, State.OFFERED, None
    seal(talk, "how", how, owner=row.user)
    talk.save()
    audit.record(actor, "membership.talk", row, about=row.user)
    _tell_the_person(talk, since)
    return talk


@transaction.atomic
def answer_talk(user: User, *, membership: Membership, yes: bool, seen: datetime) -> WelcomeTalk:
    """Say yes, or rather not: the request stays as it was. The same answer twice is harmless, and a no stays a no.

    `seen` is the time that was answered. Raises NotAllowed for anybody else, AlreadyDecided, TalkChanged
    and BadTime.
    """
    row = hold_membership(membership.pk)
    ensure(user, "membership.withdraw", row)
    talk = talk_of(row)
    if talk is None or not row.is_waiting or talk.state == State.HELD or (yes and talk.state == State.DECLINED):
        raise AlreadyDecided(_("There is no talk to answer any more."))
    if talk.at != seen:
        raise TalkChanged(_("Another time stands there now. Look at it first."))
    if talk.at <= timezone.now():
        raise BadTime(_("This time is over. If the talk did not happen, nothing is lost."))
    answer = State.AGREED if yes else State.DECLINED
    if talk.state != answer:
        talk.state, talk.answered_at = answer, timezone.now()
        talk.save()
        audit.record(user, "membership.talk_answer", row, about=user)
        _tell_who_offered(talk)
    return talk


@transaction.atomic
def mark_talk_held(actor: User, *, membership: Membership) -> WelcomeTalk:
    """Say that the two have talked. Twice is harmless. Raises NotAllowed, NoTalks and BadTime."""
    row = hold_membership(membership.pk)
    ensure(actor, "membership.decide", row)
    talk = talk_of(row)
    if talk is None or talk.state == State.DECLINED:
        raise NoTalks(_("There is no talk to mark."))
    if talk.at > timezone.now():
        raise BadTime(_("You can mark it when its time has come."))
    if talk.state != State.HELD:
        talk.state = State.HELD
        talk.save()
        audit.record(actor, "membership.talk_held", row, about=row.user)
    return talk


@transaction.atomic
def read_talk(reader: User, *, talk: WelcomeTalk) -> str:
    """How the two talk: for the person, and for those who run the group, whose reading is on record.

    Raises NotAllowed for anybody else.
    """
    membership = talk.membership
    if reader.pk != membership.user_id:
        ensure(reader, "membership.decide", membership)
        if talk.how and reader.pk != talk.offered_by_id:
            audit.record(reader, "membership.talk_read", membership, about=membership.user)
    return unseal(talk, "how", owner=membership.user)


def talk_of(membership: Membership) -> WelcomeTalk | None:
    """The talk that was offered with this request, if there is one."""
    return WelcomeTalk.objects.select_related("offered_by").filter(membership=membership).first()


def _ensure_may_offer(row: Membership, talk: WelcomeTalk | None, *, offers_talk: bool) -> None:
    if not offers_talk:
        raise NoTalks(_("This group offers no welcome talk. You can change that in its settings."))
    if not row.is_waiting:
        raise AlreadyDecided(what_stands(row))
    if talk is not None and talk.state == State.DECLINED:
        raise NoTalks(_("They would rather not talk first. You can still answer."))
    if talk is not None and talk.state == State.HELD:
        raise NoTalks(_("You have talked already. You can answer now."))


def _tell_the_person(talk: WelcomeTalk, since: datetime | None) -> None:
    """At once after each answer of theirs, else once an hour: the page shows the newest time in any case."""
    row = talk.membership
    key = f"talk {talk.public_id} {since and since.isoformat()} {timezone.now():%Y%m%dT%H}"
    tell([row.user], "talk.offered", key, mail=row.by_mail, **_ids(row))


def _tell_who_offered(talk: WelcomeTalk) -> None:
    tell(
        [talk.offered_by], "talk.answered", f"{_key(talk)} {talk.answered_at:%Y%m%dT%H%M%S%f}", **_ids(talk.membership)
    )


def _key(talk: WelcomeTalk) -> str:
    return f"talk {talk.public_id} {talk.at:%Y%m%dT%H%M%S}"


def _ids(row: Membership) -> dict[str, Any]:
    return {"membership": str(row.public_id), "group": row.group.slug}
