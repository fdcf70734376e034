"""The record of what was done, as admins read it: when, who, what and why. Never a word of anybody's."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from groups.models import Group, Invitation, Membership, Proposal
from people.http import SignedInRequest
from people.models import AuditEntry, User
from people.policy import ensure

PER_PAGE = 25
MONTHS = 24
# What somebody does about themself is theirs: they read it under “What we hold”, admins do not.
THEIR_OWN = (
    "agreement.",
    "calendar.",
    "checkin.",
    "consent.",
    "followup.",
    "hello.",
    "membership.",
    "mentor.",
    "pair.",
    "person.change",
    "preference.",
    "reminders.",
    "reply.",
    "rhythm.",
    "wish.",
)
PRIVATE = (
    "concern.draft",
    "rhythm.rest",
    "seat.answer",
    "seat.undo",
    "session.enter",
    "standing.keep",
    "standing.stop",
    "summary.read",
    "pair.read",
    "pair.read-review",
)
# Only these say whom it was about. Beside anything else a name would tell too much.
NAMES_SOMEBODY = ("person.", "facilitator.")
WORDS = {
    "agreement.keep": _("Looked at an agreement and kept it"),
    "agreement.publish": _("Published an agreement"),
    "area.drop": _("Took an area away"),
    "area.keep": _("Changed an area"),
    "attendance.keep": _("Kept who came"),
    "calendar.make": _("Made a private address for a calendar"),
    "calendar.stop": _("Took the address of a calendar away"),
    "calendar.titles": _("Changed what a calendar says"),
    "checkin.ask": _("Asked how people are"),
    "checkin.read": _("Opened the words of a check-in"),
    "concern.add": _("Added to a concern that was sent"),
    "concern.close": _("Closed a concern"),
    "concern.draft": _("Kept a draft of a concern"),
    "concern.empty": _("Deleted the words of old concerns"),
    "concern.left": _("Whoever had read a concern looks after safety no more: it waits for somebody else"),
    "concern.read": _("Opened a concern"),
    "concern.remind": _("Told again that a concern waits unread"),
    "concern.send": _("Sent a concern to those who look after safety"),
    "crisis.change": _("Changed a help line"),
    "crisis.confirm": _("Confirmed a help line"),
    "crisis.retire": _("Took a help line away"),
    "facilitator.about": _("Changed what a facilitator says of themself"),
    "facilitator.appoint": _("Made somebody a facilitator"),
    "facilitator.away": _("Said that they are away"),
    "facilitator.back": _("Said that they are back"),
    "facilitator.release": _("Took a group from somebody"),
    "facilitator.step_down": _("Stopped running a group"),
    "duty.end": _("Nobody reads first in a group any more"),
    "duty.set": _("Chose who reads first in a group"),
    "farewell.read": _("Read what people said on leaving"),
    "followup.done": _("Closed a follow-up"),
    "followup.escalate": _("Something that nobody looked at went on to the next people"),
    "followup.pass_on": _("Asked somebody else to look at what waited"),
    "followup.hand_back": _("Handed a follow-up back"),
    "followup.hand_over": _("Handed a follow-up over"),
    "followup.leave": _("Left a follow-up for now"),
    "followup.open": _("Opened a follow-up"),
    "followup.reopen": _("Opened a follow-up again"),
    "followup.read": _("Read why somebody needs a word"),
    "followup.see": _("Looked at a follow-up"),
    "followup.take": _("Took a follow-up"),
    "followup.take_back": _("Took a follow-up back"),
    "feedback.give": _("Somebody said how a session was"),
    "group.change": _("Changed a group"),
    "group.create": _("Made a group"),
    "group.door": _("Changed the way in to a group's sessions"),
    "group.end": _("Ended a group"),
    "report.make": _("Something was passed on to those who look after safety"),
    "report.read": _("Read what was passed on"),
    "report.left": _("Whoever had read what was passed on sees to it no more: it waits for somebody else"),
    "report.remind": _("Told again that what was passed on still waits to be read"),
    "report.close": _("Closed what was passed on"),
    "report.empty": _("Deleted words that were passed on a year ago"),
    "announcement.write": _("Wrote news to a group"),
    "announcement.take_back": _("Took news back before it went out"),
    "announcement.tell": _("Told a group the news"),
    "group.link": _("Made a link that people pass on"),
    "group.link_revoke": _("Took a group's link back"),
    "group.open": _("Opened a group"),
    "group.plan-ending": _("Planned how a group ends"),
    "group.reopen": _("Opened a group again"),
    "guest.add": _("Wrote down a guest of a session"),
    "guest.change": _("Changed whether a guest comes every time"),
    "guest.forget": _("Forgot the name of a guest"),
    "invitation.make": _("Invited somebody"),
    "invitation.revoke": _("Took an invitation back"),
    "invitation.take": _("Took an invitation"),
    "mail.trouble": _("Mail to an address came back"),
    "mail.try": _("Sends to an address again"),
    "mentor.make": _("Made somebody a mentor"),
    "mentor.unmake": _("Made a mentor a member again"),
    "membership.accept": _("Said yes to somebody who asked to join"),
    "membership.block": _("Put somebody out of a group for ever"),
    "membership.decline": _("Said no to somebody who asked to join"),
    "membership.invite": _("Offered somebody a place"),
    "membership.let-go": _("Closed a request, because the group ended"),
    "membership.offer": _("Offered a free place to whoever was first in line"),
    "membership.pass_place": _("Let an offered place go to the next in line"),
    "membership.read": _("Read a request to join"),
    "membership.talk": _("Offered somebody a short talk"),
    "membership.talk_held": _("Talked with somebody who asked to join"),
    "membership.talk_read": _("Read how a talk takes place"),
    "membership.visit": _("Let somebody come once and see"),
    "membership.visited": _("A visit came to its end"),
    "membership.remove": _("Put somebody out of a group"),
    "membership.resume": _("A break came to its end"),
    "membership.run_out": _("Let an offer of a place run out"),
    "membership.unblock": _("Let somebody ask to join again"),
    "membership.waitlist": _("Put somebody on the waitlist"),
    "note.add": _("Added to a note"),
    "note.empty": _("Deleted the words of old notes"),
    "note.read": _("Opened a note"),
    "note.unreadable": _("Tried to open a note that could not be read"),
    "note.write": _("Wrote a note"),
    "organisation.change": _("Changed settings"),
    "pair.open": _("Two people became a mentoring pair"),
    "pair.propose": _("Proposed two people to each other"),
    "pair.take-back": _("Took a proposal of two people back"),
    "person.reinstate": _("Let somebody in again"),
    "person.roles": _("Changed somebody's roles"),
    "person.suspend": _("Suspended somebody"),
    "preference.change": _("Changed what is sent to them"),
    "prompt.keep": _("Added a question of the week"),
    "prompt.retire": _("Stopped asking a question of the week"),
    "proposal.decide": _("Answered a proposal for an agreement"),
    "proposal.read": _("Read proposals for an agreement"),
    "reminders.choose": _("Chose reminders"),
    "resource.change": _("Changed a resource"),
    "resource.check": _("Checked a resource"),
    "hello.answer": _("Answered a hello"),
    "reply.read": _("Read what was written in a follow-up"),
    "reply.write": _("Wrote in a follow-up"),
    "reply.take_back": _("Took back what they wrote in a follow-up"),
    "rhythm.stop": _("Stopped asking how somebody is"),
    "seat.give": _("Gave a seat to somebody who waited"),
    "seat.offer": _("Offered a seat to somebody who waited"),
    "seat.run_out": _("Let a seat go on that nobody took"),
    "series.cancel": _("Cancelled a series of sessions"),
    "series.change": _("Changed a series of sessions"),
    "series.create": _("Planned a series of sessions"),
    "series.not-kept": _("Could not write down the coming sessions of a series"),
    "series.keep-ahead": _("Wrote down the coming sessions"),
    "session.cancel": _("Cancelled a session"),
    "session.host": _("Chose who leads a session"),
    "cover.ask": _("Could not lead a session, and asked others"),
    "cover.back": _("Leads a session after all"),
    "cover.decline": _("Could not lead a session in somebody's place"),
    "cover.pass": _("Nobody could step in"),
    "cover.take": _("Stepped in to lead a session"),
    "host.end": _("A session has one host less"),
    "room.add": _("Added a room"),
    "room.change": _("Changed a room"),
    "room.retire": _("Took a room out of use"),
    "standin.add": _("Put somebody on the list of those who step in"),
    "standin.drop": _("Took somebody off the list of those who step in"),
    "session.check": _("Went through what is looked at before a session"),
    "session.change": _("Changed a session"),
    "session.close": _("Closed a session"),
    "session.create": _("Planned a session"),
    "session.put-back": _("Put a cancelled session back"),
    "session.open": _("Was there to lead a session"),
    "summary.keep": _("Wrote down what a session keeps of itself"),
    "summary.read": _("Read what a session keeps of itself"),
    "summary.share": _("Shared what a session keeps of itself"),
    "summary.take-back": _("Took back what a session had shared"),
    "term.drop": _("Took a word for groups away"),
    "term.keep": _("Changed a word for groups"),
    "wish.answer": _("Answered what somebody looks for"),
    "wish.end": _("Stopped looking for a group for somebody"),
    "wish.read": _("Read what somebody looks for"),
}
# Reasons are codes: here are their words, where a code has some.
REASONS: dict[str, Iterable[tuple[str, Any]]] = {
    "attendance.keep": [("count", _("How many, without names"))],
    "concern.send": [("outside", _("Somebody outside was told"))],
    "group.end": Group.Ended.choices,
    "guest.add": [("regular", _("Every time")), ("once", _("Once"))],
    "guest.change": [("regular", _("Every time")), ("once", _("Once"))],
    "invitation.make": Invitation.Role.choices,
    "invitation.take": Invitation.Role.choices,
    "membership.block": Membership.Why.choices,
    "membership.remove": Membership.Why.choices,
    "proposal.decide": Proposal.State.choices,
    "wish.answer": [("suggested", _("Suggested a group")), ("noted", _("Told them that we heard"))],
}


@login_required
@require_safe
def audit(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "audit.read")
    what, month, before = (request.GET.get(name, "") for name in ("what", "month", "before"))
    months = _months(timezone.localdate())
    found = _narrowed(_readable(request.user), what, months.get(month), before)
    entries = list(found.select_related("actor", "about").order_by("-pk")[: PER_PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "rows": [_row(entry) for entry in entries[:PER_PAGE]],
        "older": entries[PER_PAGE - 1].pk if len(entries) > PER_PAGE else None,
        "query": query.urlencode(),
        "actions": _actions(),
        "months": [(key, date_format(start, "F Y")) for key, (start, _end) in months.items()],
        "what": what,
        "month": month,
        "is_first": not before,
    }
    return render(request, "home/manage_audit.html", context)


def _readable(reader: User) -> QuerySet[AuditEntry, Any]:
    own = Q()
    for start in THEIR_OWN:
        own |= Q(action__startswith=start)
    entries = AuditEntry.objects.visible_to(reader)
    return entries.exclude(own, about__isnull=False, actor=F("about")).exclude(action__in=PRIVATE)


def _narrowed(
    entries: QuerySet[AuditEntry, Any], what: str, month: tuple[datetime, datetime] | None, before: str
) -> QuerySet[AuditEntry, Any]:
    """By action, by month, and older than the last one read. What makes no sense is left out."""
    if what in WORDS:
        entries = entries.filter(action=what)
    if month:
        entries = entries.filter(at__gte=month[0], at__lt=month[1])
    if before.isascii() and before.isdigit() and len(before) <= 18:
        entries = entries.filter(pk__lt=int(before))
    return entries


def _months(today: date) -> dict[str, tuple[datetime, datetime]]:
    """The last two years, newest first: when each month begins and ends where the reader is."""
    zone = timezone.get_current_timezone()
    starts = []
    for back in range(-1, MONTHS):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        starts.append(datetime(year, month + 1, 1, tzinfo=zone))
    return {f"{start:%Y-%m}": (start, end) for end, start in pairwise(starts)}


def _actions() -> list[tuple[str, str]]:
    return sorted(((action, str(words)) for action, words in WORDS.items()), key=lambda pair: pair[1])


def _row(entry: AuditEntry) -> dict[str, Any]:
    names_somebody = entry.about is not None and entry.action.startswith(NAMES_SOMEBODY)
    return {
        "at": entry.at,
        "who": entry.actor.called if entry.actor else _("The clock"),
        "what": WORDS.get(entry.action, entry.action),
        "about": entry.about.called if names_somebody and entry.about else "",
        "reason": _reason(entry),
    }


def _reason(entry: AuditEntry) -> str:
    """In words. Why somebody was written to, and what came of it, is not for admins."""
    if entry.action.startswith("followup."):
        return ""
    known = dict(REASONS.get(entry.action, ()))
    return str(known.get(entry.reason) or entry.reason.replace("_", " "))
