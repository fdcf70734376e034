"""Saying quietly that something is not right, and seeing to it.

Nobody it concerns learns that there is a report, or who made it: the record of what was done names neither.
"""

import logging
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notes.models import Report
from notes.querysets import besides_whom_it_concerns
from notes.services.unread import promised_from, stamp
from notices.services import tell
from people import audit, sealed
from people.errors import Refused
from people.models import User
from people.policy import ensure

log = logging.getLogger(__name__)
State = Report.State
A_DAY = timedelta(days=1)
MOST_A_DAY = 10
WORDS_KEPT = timedelta(days=365)  # after it was looked at


class TooManyReports(Refused):
    """One person says that so often in a day, and no more."""


class ReportClosed(Refused):
    """Somebody has looked at it already."""


@transaction.atomic
def make_report(
    actor: User, *, words: str, about: User | None, may_contact: bool, once: UUID, **where: object
) -> Report:
    """Say that something is not right with a person, or with `where`: a group, session, reply or announcement.

    Whoever sees to it learns who said so only with `may_contact`. `once` names this report: sent twice it is one.
    The caller has made sure that the actor may see what it is about. Raises TooManyReports.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if standing := Report.objects.filter(public_id=once, reporter=actor).first():
        return standing
    if Report.objects.filter(reporter=actor, created_at__gt=timezone.now() - A_DAY).count() >= MOST_A_DAY:
        raise TooManyReports(_("You have told us a lot today. Ring us if it cannot wait until tomorrow."))
    if Report.objects.filter(public_id=once).exists():  # somebody else's: an id that was guessed or seen is not theirs
        once = uuid4()
    report = Report(public_id=once, reporter=actor, about=about, may_contact=may_contact, **where)
    sealed.seal(report, "words", words, owner=report)
    report.save(force_insert=True)
    audit.record(None, "report.make", report)  # without a name: admins read the record
    _tell(report, who_sees_to(report))
    return report


def who_sees_to(report: Report) -> list[User]:
    """The safety leads but those whom it concerns; where there is no other, the admins likewise."""
    others = besides_whom_it_concerns(report)
    return list(others.filter(is_safety_lead=True)) or list(others.filter(is_admin=True))


def read_report(actor: User, *, report: Report) -> str:
    """The words. That somebody read is committed before anything is opened. Raises NotAllowed, Unreadable.

    The first reading is also when the one who made it reads "being looked at".
    """
    ensure(actor, "report.read", report)
    with transaction.atomic(durable=True):
        audit.record(actor, "report.read", report)
        held = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        settle_report(held)
        first = Report.objects.filter(pk=report.pk, state=State.NEW)
        first.update(state=State.SEEN, handler=actor, seen_at=timezone.now())
    report.refresh_from_db()
    return sealed.unseal(report, "words", owner=report)


@transaction.atomic
def close_report(actor: User, *, report: Report, outcome: str) -> Report:
    """It was looked at, and this came of it. Raises NotAllowed, ReportClosed."""
    held = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    ensure(actor, "report.read", held)
    if held.state == State.CLOSED:
        raise ReportClosed(_("Somebody has closed this already."))
    held.state, held.outcome, held.closed_at, held.closed_by = State.CLOSED, outcome, timezone.now(), actor
    held.handler = held.handler or actor
    held.save()
    audit.record(actor, "report.close", held, reason=outcome)
    told = [held.reporter] if held.reporter.is_active else []
    tell(told, "report.closed", f"report closed {held.public_id}", report=str(held.public_id))
    return held


def settle_report(report: Report) -> list[User]:
    """Take whoever may see to it no more off it: it waits for somebody else. Says who may. The caller holds the row."""
    readers = who_sees_to(report)
    if report.state == State.SEEN and report.handler_id not in {reader.pk for reader in readers}:
        report.state, report.handler, report.seen_at, report.left_at = State.NEW, None, None, timezone.now()
        report.save(update_fields=["state", "handler", "seen_at", "left_at"])
        audit.record(None, "report.left", report)
    return readers


def report_waits_unread(reader: User) -> bool:
    """Whether one that does not concern the reader was read by nobody in time, or can be read by nobody."""
    return any(waits_for_anybody(row, reader) for row in Report.objects.filter(state=State.NEW))


def waits_for_anybody(report: Report, reader: User) -> bool:
    """The same of one."""
    if report.state != State.NEW or not besides_whom_it_concerns(report).filter(pk=reader.pk).exists():
        return False
    return _is_late(report) or not who_sees_to(report)


def remind_of_reports() -> int:
    """Tell whoever is new to what waits, and everybody again when its time is over. Returns of how many that was.
    Safe to run twice, at once and late.

    The clock asks for it, and each time somebody's part here changes.
    """
    open_ones = list(Report.objects.exclude(state=State.CLOSED).order_by("pk").values_list("pk", flat=True))
    return sum(_try(pk) for pk in open_ones)


def _try(pk: int) -> int:
    """One that cannot be told of must not hold up the others."""
    try:
        return _remind(pk)
    except Exception as problem:  # noqa: BLE001  # whatever it is
        log.error("nobody was told of report %s (%s)", pk, type(problem).__name__)
        return 0


@transaction.atomic
def _remind(pk: int) -> int:
    rows = Report.objects.filter(pk=pk).exclude(state=State.CLOSED)
    held = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if held is None:
        return 0
    readers = settle_report(held)
    if held.state != State.NEW:
        return 0
    return bool(_tell(held, readers) + _tell_again(held, readers))


def _tell(report: Report, readers: list[User]) -> int:
    """That it waits for them, once, and once more when whoever had it went. Returns how many had not heard."""
    name = "report.left" if report.left_at else "report.made"
    key = f"report {report.public_id} {stamp(report.left_at)}".strip()
    return len(tell(readers, name, key, report=str(report.public_id)))


def _tell_again(report: Report, readers: list[User]) -> int:
    """Once, when nobody has read it in time. Where no other one could read it, the admins hear that something waits:
    they can ring somebody, or give somebody that part.
    """
    if readers and not _is_late(report):
        return 0
    which, since = str(report.public_id), stamp(report.waits_since)
    told = tell(readers, "report.still", f"report still {which} {since}", report=which)
    if len(readers) < 2:
        others = besides_whom_it_concerns(report).filter(is_admin=True).exclude(pk__in=[user.pk for user in readers])
        told += tell(others, "report.waits", f"report waits {which} {since}", report=which)
    if told:
        audit.record(None, "report.remind", report)
    return len(told)


def _is_late(report: Report) -> bool:
    return promised_from(report.waits_since) < timezone.now()


@transaction.atomic
def forget_reports() -> int:
    """Erase the words of what was closed a year ago. Returns how many. Twice is harmless."""
    old = Report.objects.filter(state=State.CLOSED, closed_at__lt=timezone.now() - WORDS_KEPT).exclude(words=None)
    rows = list(old.select_for_update(skip_locked=True, of=("self",)))
    for report in rows:
        sealed.destroy_key(report)
    Report.objects.filter(pk__in=[report.pk for report in rows]).update(words=None)
    if rows:
        audit.record(None, "report.empty", reason=str(len(rows)))
    return len(rows)
