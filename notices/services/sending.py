"""The outbox: carries what is due, one transaction a message."""

import logging
from datetime import timedelta
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from notices.channels import Away, Letter, carriers
from notices.mail import Line, letter_for, letter_for_several, line_of
from notices.models import Delivery
from notices.services.checking import Parcel, Round
from notices.services.claiming import Claimed, claim_beside, claim_next, drop, put_back
from notices.services.places import ALL, a_place
from notices.services.telling import soonest
from notices.wake import wake
from people.sealed import destroy_key

log = logging.getLogger(__name__)

TRIES = 5
PATIENCE = 30  # tries of what may pass, such as a server that is busy: more than a day of them
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 15, 60)]
WORTH_IT = 25  # messages for which another process is called
HELD_UP_AFTER = timedelta(minutes=5)  # longer than the clock takes to come round
TURN = 20.0  # seconds after which other tasks have theirs; the rest follows at once


class Broke(Exception):
    """This one did not leave. Nothing of its transaction stands."""

    def __init__(self, pk: int, problem: Exception) -> None:
        super().__init__(pk)
        self.pk, self.problem = pk, problem


def send_due() -> int:
    """Send what is due through each channel. Returns how many messages left: none where enough others are at it.

    As many processes as `SENDERS` says share the work, one message in the hands of each: whoever is killed can
    repeat that one and no other. What came while the last place was taken is looked for once more (0041).
    """
    with a_place() as is_ours:
        if not is_ours:
            return 0
        rounds = [Round(channel()) for channel in carriers()]
        sent = sum(_take_a_turn(known) for known in rounds)
    if any(_waits(known) for known in rounds):
        wake("notices.tasks.send_due")
    return sent


def _take_a_turn(known: Round) -> int:
    """Much is due: somebody else may begin beside us."""
    if Delivery.objects.next_in(known.channel.name)[:WORTH_IT].count() == WORTH_IT and settings.SENDERS > 1:
        wake("notices.tasks.send_due")
    return _send_until(monotonic() + TURN, known)


def _waits(known: Round) -> bool:
    """Whether something is due that nobody holds. Where what carries is away, it waits for the clock."""
    if known.is_away:
        return False
    with transaction.atomic():
        due = Delivery.objects.next_in(known.channel.name).select_for_update(skip_locked=True)
        return bool(due.values_list("pk")[:1])


def _send_until(until: float, known: Round) -> int:
    """Others have their turn afterwards: tasks as well as those who send."""
    sent, in_a_row = 0, 0.0 if connection.in_atomic_block else until
    try:
        while monotonic() < until and not known.is_over:
            sent += _send(known, in_a_row)
    finally:
        known.channel.close()
    return sent


def send_one(known: Round) -> int | None:
    """Claim one due row, send it while holding it, and say 1 or 0. None: nothing is due, or can be sent now.

    Killed in between, the row is free again and sent again with the same Message-ID: at least once, never lost.
    """
    left = _send(known)
    return None if known.is_over else left


def _send(known: Round, until: float = 0.0) -> int:
    """Send one, and until then those that follow as well, each in a transaction of its own."""
    known.goes_on, known.is_over, known.left = False, False, 0
    try:
        with transaction.atomic():
            _carry_in_a_row(known, until)
    except Away as away:
        log.info("what carries %s is away (%s); what is due waits", known.channel.name, away)
        known.is_over = known.is_away = True
    except Broke as broken:
        known.channel.close()
        _try_later(broken.pk, broken.problem)
    return known.left


def _carry_in_a_row(known: Round, until: float) -> None:
    """One transaction ends with the question that begins the next: what breaks takes nothing back but itself."""
    while True:
        done = _carry_next(known)
        if done is None:
            known.is_over = True
            return
        known.left += done
        if monotonic() >= until:
            return
        known.goes_on = True


def _carry_next(known: Round) -> int | None:
    claimed = _claim(known)
    if claimed is None:
        return None
    try:
        parcel = known.parcel(claimed.pk)
        parcel.delivery.address, parcel.delivery.body = claimed.address, claimed.body
        left = _carry(known, parcel)
        if claimed.body:
            destroy_key(parcel.delivery)
    except Away:
        raise
    except Exception as problem:  # one poisoned row must not hold up the others
        raise Broke(claimed.pk, problem) from problem
    return left


def _claim(known: Round) -> Claimed | None:
    """One of our share, and when nothing of it is left one of theirs who send beside us."""
    claimed = claim_next(known.channel.name, known.share, ends_last=known.goes_on)
    if claimed is None and known.share != ALL:
        known.share = ALL
        claimed = claim_next(known.channel.name)
    return claimed


def _carry(known: Round, parcel: Parcel) -> int:
    """We hold it: let go of it, put it back until the morning, or send it with all that shares its mail."""
    why = known.why_not(parcel)
    if why:
        drop(parcel.delivery.pk, why)
        return 0
    if _is_quiet(parcel):
        return 0
    known.channel.open()
    with_it = _take_with_it(known, parcel)
    known.channel.send(_letter(known, parcel, with_it))
    return 1 + len(with_it)


def _is_quiet(parcel: Parcel) -> bool:
    """Late is no reason to wake anybody: what waited into the night waits on until the morning (R59)."""
    subject, notice = parcel.subject, parcel.notice
    if subject is None or notice is None:
        return False
    moment = soonest(subject, notice.ids, notice.user)
    if moment <= timezone.now():
        return False
    is_late = parcel.delivery.send_at < timezone.now() - HELD_UP_AFTER
    put_back(parcel.delivery.pk, moment, held_up=is_late and not parcel.delivery.tries)  # refused is not held up
    return True


def _take_with_it(known: Round, parcel: Parcel) -> list[Parcel]:
    """Whatever else is due to the same person: a mail that rings twice is one too many."""
    near = {other.delivery.pk: other for other in known.beside(parcel)}
    taken = claim_beside(list(near), parcel.delivery.pk) if near else set()
    return [other for pk, other in near.items() if pk in taken and _goes_along(known, other)]


def _goes_along(known: Round, parcel: Parcel) -> bool:
    """Asked while it is held. What breaks waits for a turn of its own, and breaks alone."""
    delivery = parcel.delivery
    try:
        with transaction.atomic():
            why = known.why_not(parcel)
            if not parcel.is_discreet:
                line_of(delivery)
    except Exception:  # noqa: BLE001  # whatever it is, it is not the fault of the others
        put_back(delivery.pk, delivery.send_at)
        return False
    if why:
        drop(delivery.pk, why)
    return not why


def _letter(known: Round, parcel: Parcel, with_it: list[Parcel]) -> Letter:
    delivery, notice = parcel.delivery, parcel.notice
    if notice is None:
        return letter_for(delivery, from_=known.sender)
    if not with_it:
        return letter_for(delivery, from_=known.sender, ids=parcel.ids)
    lines: list[Line] = [] if parcel.is_discreet else [line_of(each.delivery) for each in (parcel, *with_it)]
    return letter_for_several(delivery, notice.user, lines, from_=known.sender)


@transaction.atomic
def _try_later(pk: int, problem: Exception) -> None:
    """Count the try and wait. Whoever took the row meanwhile goes on with it."""
    held = Delivery.objects.filter(pk=pk, state=Delivery.State.WAITING).select_for_update(skip_locked=True)
    delivery = held.first()
    if delivery is None:
        return
    delivery.tries += 1
    delivery.trouble = f"{Delivery.WAY if _concerns_all(problem) else ''}{type(problem).__name__}"[:60]
    level = logging.INFO if isinstance(problem, SMTPException | OSError) else logging.ERROR
    log.log(level, "delivery %s did not leave (%s, try %s)", delivery.pk, delivery.trouble, delivery.tries)
    delivery.send_at = timezone.now() + BACK_OFF[min(delivery.tries, len(BACK_OFF)) - 1]
    if delivery.tries >= (PATIENCE if _may_pass(problem) else TRIES) and not _is_of_the_line(problem):
        _park(delivery)
    delivery.save()


def _is_of_the_line(problem: Exception) -> bool:
    """Whether the way was broken and not the message: then it waits on, an hour at a time.

    Providers that are spoken to over the web are not seen to be away before the first mail.
    """
    status = getattr(problem, "status_code", None)
    asks_again = status is None or status == 429 or status >= 500
    return isinstance(problem, OSError) and not isinstance(problem, SMTPException) and asks_again


def _concerns_all(problem: Exception) -> bool:
    """Whether no other mail leaves either: the line, or that we may not send at all. Admins hear of it soon."""
    return _is_of_the_line(problem) or isinstance(problem, SMTPSenderRefused)


def _may_pass(problem: Exception) -> bool:
    """Whether the mail server said that it cannot at the moment (a code of 4xx), or nothing at all."""
    if isinstance(problem, SMTPRecipientsRefused):
        codes = [code for code, _words in problem.recipients.values()]
        return bool(codes) and all(400 <= code < 500 for code in codes)
    if isinstance(problem, SMTPResponseException):
        return 400 <= problem.smtp_code < 500
    return isinstance(problem, SMTPServerDisconnected)


def _park(delivery: Delivery) -> None:
    delivery.state, delivery.send_at = Delivery.State.PARKED, timezone.now()
    if delivery.body:
        destroy_key(delivery)
    delivery.address, delivery.body = "", None
