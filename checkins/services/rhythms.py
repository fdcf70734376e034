"""When people are asked: what they choose, and when joining and leaving begin and end it."""

from datetime import date, time

from django.db import transaction
from django.utils import timezone

from checkins.models import CheckIn, Rhythm
from checkins.rhythm import civil_hours, next_slot
from groups.models import Membership
from people import audit, consents
from people.models import Consent, User
from people.policy import ensure
from people.services import change_person, give_consent, keep_hello, withdraw_consent

CONSENT = consents.CHECK_INS["purpose"]
DEFAULT_HOUR = 10


@transaction.atomic
def set_rhythm(
    user: User, *, on: bool, weekday: int, hour: int, every: str = "week", part: str = "", remind: bool = False
) -> Rhythm:
    """Ask this person on this day of every week, fortnight or month, or not at all.

    With a `part` of the day it is somewhen in it, always at the same minute; else at `hour` of their own clock.
    `remind` lets one gentle reminder come. Giving and taking back the consent to be asked goes with it.
    """
    if on:
        give_consent(user, **consents.CHECK_INS, channel=Consent.Channel.MESSAGES)
    else:
        withdraw_consent(user, purpose=CONSENT)
    rhythm = locked(user)
    rhythm.on, rhythm.weekday, rhythm.hour = on, weekday, hour
    rhythm.every, rhythm.part, rhythm.remind = every, part, remind
    return save_planned(user, rhythm, "rhythm.change")


@transaction.atomic
def pause(user: User, *, until: date | None) -> Rhythm:
    """Send no check-ins before this day of the person's own calendar; None: until they say so."""
    rhythm = locked(user)
    rhythm.paused_at, rhythm.paused_until, rhythm.rest_asked_at = timezone.now(), until, None
    return save_planned(user, rhythm, "rhythm.pause")


@transaction.atomic
def resume(user: User) -> Rhythm:
    """End a pause, the person's own or ours after long silence. Without one nothing changes."""
    rhythm = locked(user)
    if rhythm.paused_at is None:
        return rhythm
    rhythm.paused_at = rhythm.paused_until = rhythm.rest_asked_at = None
    rhythm.heard_at = timezone.now()
    return save_planned(user, rhythm, "rhythm.resume")


@transaction.atomic
def save_messages(
    user: User,
    *,
    on: bool,
    weekday: int,
    hour: int,
    quiet_from: time,
    quiet_to: time,
    paused: bool,
    paused_until: date | None,
    every: str = "week",
    part: str = "",
    remind: bool = False,
) -> Rhythm:
    """Save the whole page of messages: check-in, quiet hours and pause, all or nothing."""
    if (quiet_from, quiet_to) != (user.quiet_from, user.quiet_to):
        change_person(user, person=user, quiet_from=quiet_from, quiet_to=quiet_to)
    rhythm = set_rhythm(user, on=on, weekday=weekday, hour=hour, every=every, part=part, remind=remind)
    if not paused:
        return resume(user)
    if rhythm.is_paused and rhythm.paused_until == paused_until:
        return rhythm
    return pause(user, until=paused_until)


@transaction.atomic
def look_after_missed(user: User, *, on: bool) -> None:
    """Whether those who run a group may think of this person when they were not there (R36). No reason asked."""
    keep_hello(user, on, channel=Consent.Channel.MESSAGES)


@transaction.atomic
def reschedule(user: User) -> Rhythm | None:
    """Reckon the next question anew, after a change of zone or quiet hours."""
    rhythm = Rhythm.objects.select_for_update().filter(user=user, on=True).first()
    if rhythm:
        rhythm.user = user
        plan(rhythm)
        rhythm.save(update_fields=["next_at"])
    return rhythm


@transaction.atomic
def start_rhythm(user: User) -> Rhythm | None:
    """Begin to ask somebody who joined a group and said yes to being asked. None without that yes."""
    if not Consent.objects.said_yes(user, CONSENT):
        return None
    rhythm = locked(user)
    if rhythm.on:
        return rhythm
    rhythm.on = True
    return save_planned(user, rhythm, "rhythm.start")


@transaction.atomic
def stop_rhythm(user: User) -> None:
    """Stop asking somebody who left their last group. What they chose is kept for when they come back."""
    if Membership.objects.belonging().of_living_groups().filter(user=user).exists():
        return
    rhythm = Rhythm.objects.select_for_update().filter(user=user, on=True).first()
    if rhythm:
        rhythm.on, rhythm.next_at = False, None
        rhythm.save(update_fields=["on", "next_at"])
        audit.record(None, "rhythm.stop", rhythm, about=user)


def locked(user: User) -> Rhythm:
    """The person's rhythm, made switched off the first time, held until the transaction ends."""
    hours = civil_hours(user.quiet_from, user.quiet_to)
    usual = next((hour for hour in hours if hour >= DEFAULT_HOUR), hours[0] if hours else DEFAULT_HOUR)
    Rhythm.objects.get_or_create(user=user, defaults={"on": False, "hour": usual})
    rhythm = Rhythm.objects.select_for_update().get(user=user)
    rhythm.user = user
    return rhythm


def save_planned(user: User, rhythm: Rhythm, action: str) -> Rhythm:
    ensure(user, "rhythm.change", rhythm)
    plan(rhythm)
    rhythm.save()
    audit.record(user, action, rhythm, about=user)
    return rhythm


def plan(rhythm: Rhythm) -> None:
    rhythm.next_at = None
    if rhythm.on and not rhythm.waits_for_return:
        last = CheckIn.objects.latest_of([rhythm.user_id]).get(rhythm.user_id)
        rhythm.next_at = next_slot(rhythm.wish(last), timezone.now()).at
