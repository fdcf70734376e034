"""When people are asked, and the asking itself."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from checkins.models import CheckIn, Rhythm
from checkins.rhythm import Wish, civil_hours, next_look, next_slot, owed
from checkins.services.after_sessions import forget_missed
from groups.models import Membership
from notices.services import tell
from people import audit
from people.models import Consent, User
from people.policy import ensure
from people.services import change_person, give_consent, withdraw_consent

CONSENT = "checkins"
CONSENT_VERSION = "1"
DEFAULT_HOUR = 10
BATCH = 500


# -- what the person chooses ------------------------------------------------------------------
@transaction.atomic
def set_rhythm(user: User, *, on: bool, weekday: int, hour: int) -> Rhythm:
    """Ask this person each week at this hour of their own clock, or not at all.

    Giving and taking back the consent to be asked goes with it.
    """
    if on:
        give_consent(user, purpose=CONSENT, version=CONSENT_VERSION)
    else:
        withdraw_consent(user, purpose=CONSENT)
    rhythm = _locked(user)
    rhythm.on, rhythm.weekday, rhythm.hour = on, weekday, hour
    return _save(user, rhythm, "rhythm.change")


@transaction.atomic
def pause(user: User, *, until: date | None) -> Rhythm:
    """Send no check-ins before this day of the person's own calendar; None: until they say so."""
    rhythm = _locked(user)
    rhythm.paused_at, rhythm.paused_until = timezone.now(), until
    return _save(user, rhythm, "rhythm.pause")


@transaction.atomic
def resume(user: User) -> Rhythm:
    """End a pause. Without one nothing changes."""
    rhythm = _locked(user)
    if rhythm.paused_at is None:
        return rhythm
    rhythm.paused_at = rhythm.paused_until = None
    return _save(user, rhythm, "rhythm.resume")


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
) -> Rhythm:
    """Save the whole page of messages: check-in, quiet hours and pause, all or nothing."""
    if (quiet_from, quiet_to) != (user.quiet_from, user.quiet_to):
        change_person(user, person=user, quiet_from=quiet_from, quiet_to=quiet_to)
    rhythm = set_rhythm(user, on=on, weekday=weekday, hour=hour)
    if not paused:
        return resume(user)
    if rhythm.is_paused and rhythm.paused_until == paused_until:
        return rhythm
    return pause(user, until=paused_until)


@transaction.atomic
def look_after_missed(user: User, *, on: bool) -> Rhythm:
    """Whether those who run a group may think of this person when they were not there (R36). No reason asked."""
    rhythm = _locked(user)
    if rhythm.after_missed == on:
        return rhythm
    ensure(user, "rhythm.change", rhythm)
    rhythm.after_missed = on
    rhythm.save(update_fields=["after_missed"])
    audit.record(user, "rhythm.missed", rhythm, about=user, reason="on" if on else "off")
    if not on:
        forget_missed(user)
    return rhythm


@transaction.atomic
def reschedule(user: User) -> Rhythm | None:
    """Reckon the next question anew, after a change of zone or quiet hours."""
    rhythm = Rhythm.objects.select_for_update().filter(user=user, on=True).first()
    if rhythm:
        rhythm.user = user
        _plan(rhythm)
        rhythm.save(update_fields=["next_at"])
    return rhythm


@transaction.atomic
def start_rhythm(user: User) -> Rhythm | None:
    """Begin to ask somebody who joined a group and said yes to being asked. None without that yes."""
    if not Consent.objects.filter(user=user, purpose=CONSENT, withdrawn_at=None).exists():
        return None
    rhythm = _locked(user)
    if rhythm.on:
        return rhythm
    rhythm.on = True
    return _save(user, rhythm, "rhythm.start")


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


def _locked(user: User) -> Rhythm:
    """The person's rhythm, made switched off the first time, held until the transaction ends."""
    hours = civil_hours(user.quiet_from, user.quiet_to)
    usual = next((hour for hour in hours if hour >= DEFAULT_HOUR), hours[0] if hours else DEFAULT_HOUR)
    Rhythm.objects.get_or_create(user=user, defaults={"on": False, "hour": usual})
    rhythm = Rhythm.objects.select_for_update().get(user=user)
    rhythm.user = user
    return rhythm


def _save(user: User, rhythm: Rhythm, action: str) -> Rhythm:
    ensure(user, "rhythm.change", rhythm)
    _plan(rhythm)
    rhythm.save()
    audit.record(user, action, rhythm, about=user)
    return rhythm


def _plan(rhythm: Rhythm) -> None:
    rhythm.next_at = None
    if rhythm.on and not rhythm.waits_for_return:
        last = CheckIn.objects.latest_of([rhythm.user_id]).get(rhythm.user_id)
        rhythm.next_at = next_slot(rhythm.wish(last), timezone.now()).at


# -- the clock --------------------------------------------------------------------------------
def ask_due() -> int:
    """Ask everybody whose moment has come. Returns how many were asked (R46).

    Twice, late or beside another asker is harmless: due rows are claimed with SKIP LOCKED, a week has
    one row a person, and what is too late or would come in quiet hours is let go or held back.
    """
    asked, batch = 0, _ask_batch()
    while batch is not None:
        asked, batch = asked + batch, _ask_batch()
    if asked:
        audit.record(None, "checkin.ask", reason=str(asked))
    return asked


@transaction.atomic
def _ask_batch() -> int | None:
    """Claim some due rhythms, ask whom we may, look ahead for all of them. None when nothing is due."""
    rhythms = list(
        Rhythm.objects.due()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .order_by("next_at", "pk")[:BATCH]
    )
    if not rhythms:
        return None
    now = timezone.now()
    last = CheckIn.objects.latest_of([rhythm.user_id for rhythm in rhythms])
    wishes = {rhythm.pk: rhythm.wish(last.get(rhythm.user_id)) for rhythm in rhythms}
    asked = _ask(rhythms, wishes, now)
    _look_ahead(rhythms, wishes, {checkin.user_id: checkin for checkin in asked}, now)
    _tell(asked)
    return len(asked)


def _ask(rhythms: list[Rhythm], wishes: dict[int, Wish], now: datetime) -> list[CheckIn]:
    wanting = _wanting([rhythm.user_id for rhythm in rhythms])
    rows = [
        _question(rhythm.user, slot.week, now)
        for rhythm in rhythms
        if rhythm.user_id in wanting and (slot := owed(wishes[rhythm.pk], now))
    ]
    CheckIn.objects.bulk_create(rows, ignore_conflicts=True)  # somebody else's row of that week stands
    ours = CheckIn.objects.filter(public_id__in=[row.public_id for row in rows]).values_list("public_id", flat=True)
    made = set(ours)
    return [row for row in rows if row.public_id in made]


def _wanting(users: list[int]) -> set[int]:
    """Who of them is active, still agrees to be asked and still belongs somewhere."""
    agrees = Consent.objects.filter(user=OuterRef("pk"), purpose=CONSENT, withdrawn_at=None)
    belongs = Membership.objects.belonging().of_living_groups().filter(user=OuterRef("pk"))
    wanting = User.objects.active().filter(Exists(agrees), Exists(belongs), pk__in=users)
    return set(wanting.values_list("pk", flat=True))


def _look_ahead(rhythms: list[Rhythm], wishes: dict[int, Wish], asked: dict[int, CheckIn], now: datetime) -> None:
    for rhythm in rhythms:
        row = asked.get(rhythm.user_id)
        wish = rhythm.wish((row.week, row.asked_at)) if row else wishes[rhythm.pk]
        rhythm.next_at = next_look(wish, now)
    Rhythm.objects.bulk_update(rhythms, ["next_at"])


def _tell(asked: list[CheckIn]) -> None:
    """One call a week: around midnight the world has two Mondays."""
    people: dict[date, list[User]] = defaultdict(list)
    for checkin in asked:
        people[checkin.week].append(checkin.user)
    for week, users in people.items():
        tell(users, "checkin.ask", f"check-in {week}", week=week.isoformat())


def _question(user: User, week: date, now: datetime) -> CheckIn:
    with translation.override(user.locale):
        return CheckIn(user=user, week=week, prompt=_("How has this week been?"), asked_at=now)


def lapse_old() -> int:
    """Let go of questions whose week is over. Nobody is told, and late is still welcome. Returns how many."""
    now = timezone.now()
    waiting = CheckIn.objects.waiting().filter(asked_at__lt=now - timedelta(hours=1)).select_related("user")
    over = [checkin.pk for checkin in waiting.iterator() if checkin.changeable_until <= now]
    return CheckIn.objects.waiting().filter(pk__in=over).update(state=CheckIn.State.LAPSED)
