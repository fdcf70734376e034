"""Answering a check-in, reading what was shared, and taking it back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import Answer, CheckIn, FollowUp
from checkins.phrases import holds_one_of
from checkins.services.circles import circles_of
from checkins.services.followups import settle
from checkins.services.prompts import prompt_for
from checkins.services.resting import heard_from
from groups.models import Group
from groups.policies import belongs
from people import audit
from people.errors import Refused
from people.local_time import local_day, monday
from people.models import AuditEntry, Organisation, User
from people.policy import ensure
from people.reader import as_reader
from people.sealed import seal, unseal

Share, Support, State, Cause = CheckIn.Share, CheckIn.Support, CheckIn.State, FollowUp.Cause


class WeekIsOver(Refused):
    """The answer can no longer be given or changed."""


class NotYourGroup(Refused):
    """An answer can be shared only with a group the person belongs to."""


class NobodyReads(Refused):
    """Words are passed on only where somebody has the duty to read them (T13)."""


class NothingSaidYet(Refused):
    """First the answer itself, then what goes with it."""


def this_week(user: User) -> CheckIn | None:
    """The question of the person's own week, or one that came late in it; None when nothing was asked."""
    newest = CheckIn.objects.of(user).first()
    if newest is None:
        return None
    newest.user = user
    week = monday(local_day(timezone.now(), user.zone))
    return newest if week in {newest.week, monday(local_day(newest.asked_at, user.zone))} else None


def is_answerable(checkin: CheckIn) -> bool:
    """Until Sunday midnight; a question nobody answered stays open for two weeks or until the next one."""
    now = timezone.now()
    if now < checkin.changeable_until:
        return True
    if checkin.is_answered or now >= checkin.is_late_until:
        return False
    return not CheckIn.objects.filter(user=checkin.user_id, week__gt=checkin.week).exists()


def last_change(checkin: CheckIn) -> int | None:
    """Which entry of the record is the last thing its person did with it: another one means that it has changed."""
    kept = AuditEntry.objects.filter(object_kind=checkin._meta.label_lower, object_id=str(checkin.public_id))
    theirs = kept.filter(actor=checkin.user_id)
    return theirs.order_by("-pk").values_list("pk", flat=True).first()


@transaction.atomic
def start_checkin(user: User) -> CheckIn:
    """This week's row for somebody who answers without having been asked."""
    found = this_week(user)
    if found:
        return found
    week = monday(local_day(timezone.now(), user.zone))
    row = CheckIn(user=user, week=week, prompt=prompt_for(user, week), told_at=timezone.now())
    CheckIn.objects.bulk_create([row], ignore_conflicts=True)  # the clock may ask at this very moment
    return CheckIn.objects.select_related("user").get(user=user, week=week)


@transaction.atomic
def answer_checkin(
    user: User, *, checkin: CheckIn, mood: int, share: str | None = None, group: Group | None = None
) -> CheckIn:
    """Keep how the week was, 1 (very hard) to 5 (good). Nobody else reads it unless `share` says so.

    Raises WeekIsOver, NotYourGroup.
    """
    checkin = _held(user, checkin)
    checkin.mood = mood
    _mark_answered(checkin)
    if share is not None:
        _share(checkin, share, group)
    has_left = checkin.group is not None and not belongs(user, checkin.group)
    if has_left:  # what they say from now on goes to nobody there; what was asked of somebody before still waits
        checkin.share = Share.ME
    checkin.save()
    heard_from(user)
    audit.record(user, "checkin.answer", checkin, about=user)
    if not has_left:
        settle(user, checkin=checkin, anew=[Cause.HARD])
    return checkin


@transaction.atomic
def skip_checkin(user: User, *, checkin: CheckIn) -> CheckIn:
    """Not this week; nobody is told and nobody asks again. An answer that was given stays."""
    checkin = _held(user, checkin)
    if not checkin.is_answered and checkin.skipped_at is None:
        checkin.state, checkin.skipped_at = State.LAPSED, timezone.now()
        checkin.save(update_fields=["state", "skipped_at"])
        heard_from(user)
        audit.record(user, "checkin.skip", checkin, about=user)
    return checkin


def say_more(
    user: User,
    *,
    checkin: CheckIn,
    support: str,
    words: str | None,
    share: str,
    group: Group | None,
    reach: str = "",
) -> CheckIn:
    """Add what goes with an answer: whether somebody should get in touch, words, and who may read them.

    `words` None keeps what was written, "" takes it back. With "only me" the wish for contact and the
    name still go to the facilitators of `group`, never the words. `reach` is the number to ring.
    Raises WeekIsOver, NotYourGroup, NothingSaidYet, NobodyReads. Must be called outside any transaction.
    """
    with as_reader(user):
        checkin = _held(user, checkin)
        if not checkin.is_answered:
            raise NothingSaidYet(_("First pick how your week was. Then you can add more."))
        readers, checkin.support = (checkin.share, checkin.group_id), support
        _share(checkin, share, group)
        checkin.save()
        wrote = words is not None and _write(checkin, words)
        _ensure_somebody_reads(checkin)
        audit.record(user, "checkin.say", checkin, about=user)
        added = wrote or readers != (checkin.share, checkin.group_id)
        anew = [Cause.SUPPORT, Cause.HARD] if added else [Cause.SUPPORT]
        settle(user, checkin=checkin, reach=reach, anew=anew, added=added)
    return checkin


def delete_words(user: User, *, checkin: CheckIn) -> None:
    """Take the words of an answer away for everybody, at once and for good, whenever it was (R6).

    Raises NotAllowed. Must be called outside any transaction.
    """
    with as_reader(user):
        held = _own(user, checkin)
        if Answer.objects.filter(checkin=held).delete()[0]:
            audit.record(user, "checkin.delete_words", held, about=user)


def delete_answer(user: User, *, checkin: CheckIn) -> CheckIn:
    """Take a whole answer away likewise, with its words and its number to ring (R6). Twice is harmless.

    What nobody has seen yet is not asked of anybody any more. What somebody has seen stays with them, without the
    answer. Raises NotAllowed. Must be called outside any transaction.
    """
    with as_reader(user):
        held = _own(user, checkin)
        if held.is_answered:
            Answer.objects.filter(checkin=held).delete()
            held.forget()
            held.save()
            FollowUp.objects.filter(checkin=held).update(reach=None)
            audit.record(user, "checkin.delete", held, about=user)
            settle(user, checkin=held)
    return held


def offers_help(words: str) -> bool:
    """Whether the help lines are offered to whoever wrote this (R47): a phrase of the organisation's list is in it.

    Reckoned when the writer's own page is made, from their own words. Kept nowhere, told to nobody.
    """
    return bool(words) and holds_one_of(words, Organisation.current().help_phrases.splitlines())


def read_words(actor: User, *, checkin: CheckIn) -> str:
    """The words of an answer, for their person and for whom they were shared with.

    Somebody else's reading is recorded and committed before the text is opened, and the person can see
    that record. Raises NotAllowed. Must be called outside any transaction.
    """
    ensure(actor, "checkin.read", checkin)
    if actor.pk != checkin.user_id:
        with transaction.atomic(durable=True):
            audit.record(actor, "checkin.read", checkin, about=checkin.user)
    with as_reader(actor):
        answer = Answer.objects.filter(checkin=checkin).first()
        return unseal(answer, "words", owner=checkin.user) if answer else ""


def _held(user: User, checkin: CheckIn) -> CheckIn:
    """The row as it stands now, held until the transaction ends, if this person may still answer it."""
    held = _own(user, checkin)
    if not is_answerable(held):
        raise WeekIsOver(_("That week is over, so its answer stays as it is. You can answer for this week."))
    return held


def _own(user: User, checkin: CheckIn) -> CheckIn:
    """The row held, for its own person, also when its week is over."""
    held = CheckIn.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=checkin.pk)
    ensure(user, "checkin.answer", held)
    return held


def _mark_answered(checkin: CheckIn) -> None:
    checkin.state = State.ANSWERED
    checkin.answered_at = checkin.answered_at or timezone.now()
    checkin.skipped_at = None


def _share(checkin: CheckIn, share: str, group: Group | None) -> None:
    if group is not None and not belongs(checkin.user, group):
        raise NotYourGroup(_("You can share this with people of a group you are in. Choose one of them."))
    if share == Share.FACILITATORS and group is None:
        raise NotYourGroup(_("Choose whose facilitators may read this."))
    checkin.share, checkin.group = share, group


def _ensure_somebody_reads(checkin: CheckIn) -> None:
    if not checkin.is_shared or not Answer.objects.filter(checkin=checkin).exists():
        return
    if not any(circle.takes_words for circle in circles_of(checkin.user) if circle.group.pk == checkin.group_id):
        raise NobodyReads(
            _("Nobody there reads words at the moment. Keep them to yourself, or empty the box to share the rest.")
        )


def _write(checkin: CheckIn, words: str) -> bool:
    """Whether that is more to read than there was."""
    answer = Answer.objects.filter(checkin=checkin).first() or Answer(checkin=checkin)
    if words and answer.pk and unseal(answer, "words", owner=checkin.user) == words:
        return False
    if words:
        seal(answer, "words", words, owner=checkin.user)
        answer.written_at = timezone.now()
        answer.save()
    elif answer.pk:
        answer.delete()
    return bool(words)
