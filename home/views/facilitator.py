"""What somebody who runs a group sees first, and the desk of one group."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checkins.models import Duty, FollowUp
from groups.models import Away, Group, Membership
from notes.models import Concern, Note
from notes.services import names_in
from people.http import SignedInRequest
from people.models import Organisation, User
from sessions.models import GroupSession
from sessions.services import Check, Leader, calls_for, checklists, colleague_of, leaders_by_session, newcomers

WORDS_SHOWN = 4
REQUESTS_SHOWN = 5
SESSIONS_SHOWN = 8
NOTES_SHOWN = 5
REMEMBER_FOR = timedelta(days=28)  # how long we ask for attendance that was not kept
ASK_HOW_IT_WENT_FOR = timedelta(hours=48)  # where it was


class Evening(NamedTuple):
    """One session as somebody who leads it, or runs its group, sees it coming."""

    session: GroupSession
    runs_it: bool  # else they step in from outside, for this one session
    leaders: list[Leader]
    colleagues: list[str]  # who runs the group beside the reader
    newcomers: list[str]
    checks: list[Check]

    @property
    def lead(self) -> Leader | None:
        return next((one for one in self.leaders if one.duty == "lead"), None)

    @property
    def second(self) -> Leader | None:
        return next((one for one in self.leaders if one.duty == "co"), None)

    @property
    def done(self) -> int:
        return sum(check.done for check in self.checks)


@login_required
@require_safe
def today(request: SignedInRequest) -> HttpResponse:
    """Tonight, who needs a word, the rest of the week, what is left to do."""
    groups = Group.objects.run_by(request.user)
    living = _living(groups, request.user)
    mine = [group for group in living if not group.is_pair]
    tonight, later = _coming(request.user, groups, {group.pk for group in living})
    followups = FollowUp.objects.visible_to(request.user).mine(request.user).to_do()
    context = {
        "tonight": tonight,
        "calls": calls_for(request.user),
        "later": later,
        "followups": followups.with_names()[:WORDS_SHOWN],
        "followup_count": followups.count(),
        "unmarked": _unmarked(groups)[:SESSIONS_SHOWN],
        "requests": _with_due(_requests(request.user)[:REQUESTS_SHOWN]),
        "covered": Away.objects.covered_by(request.user).announced(timezone.localdate()).of_those_who_run(),
        "unaffirmed": [group for group in living if group.said_yes is False],
        "to_review": [group for group in living if group.review_on and group.review_on <= timezone.localdate()],
        "proposals": [group for group in living if group.unread],
        "unready": [group for group in mine if group.state == Group.State.DRAFT or group.lacks_door],
        "groups": mine,
        "concerns": Concern.objects.to_do_for(request.user).count(),
    }
    return render(request, "home/today.html", context)


@login_required
@require_safe
def workspace(request: SignedInRequest, slug: str) -> HttpResponse:
    """The desk of one group. It does not exist for anybody who does not run the group; a pair has one page for both."""
    run = Group.objects.run_by(request.user).with_counts().with_review().with_unread_proposals()
    group: Any = get_object_or_404(run.annotate(has_duty=Exists(Duty.objects.filter(group=OuterRef("pk")))), slug=slug)
    if group.is_pair:
        return redirect(group)  # two people have one page for both
    here = Group.objects.filter(pk=group.pk)
    followups = FollowUp.objects.visible_to(request.user).filter(group=group).to_do()
    coming = GroupSession.objects.filter(group=group).upcoming().with_counts().with_leader()
    context = {
        "group": group,
        "colleagues": _others_who_run({group.pk}, request.user).get(group.pk, []),
        "followups": followups.with_names()[:WORDS_SHOWN],
        "unmarked": _unmarked(here)[:SESSIONS_SHOWN],
        "sessions": list(coming[:SESSIONS_SHOWN]),
        "requests": _with_due(_requests(request.user).filter(group=group)[:REQUESTS_SHOWN]),
        "asking": _requests(request.user).filter(group=group).count(),
        "notes": _notes(request.user, group),
        "review_is_due": group.review_on is not None and group.review_on <= timezone.localdate(),
    }
    return render(request, "home/workspace.html", context)


def _living(groups: QuerySet[Group], reader: User) -> list[Any]:
    """Those that have not ended, by name, with what their agreements ask of this person: one question for all."""
    rows = Group.objects.filter(pk__in=groups).exclude(state=Group.State.ARCHIVED)
    return list(rows.with_yes_of(reader).with_review().with_unread_proposals().by_name())


def _coming(reader: User, groups: QuerySet[Group], run: set[int]) -> tuple[list[Evening], list[Evening]]:
    """The sessions of today, on the reader's calendar, and those of the six days after; those they step in for too."""
    theirs = Q(group__in=groups) | Q(pk__in=reader.bookings.in_hand().values("session_id"))
    planned = GroupSession.objects.filter(theirs).scheduled().upcoming().within(7)
    rows = list(planned.with_counts().with_leader().select_related("group"))
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    leaders = leaders_by_session(rows)
    tonight = [row for row in rows if row.starts_at < midnight]
    later = [Evening(row, True, leaders.get(row.pk, []), [], [], []) for row in rows if row.starts_at >= midnight]
    return _with_people(reader, tonight, leaders, run), later


def _with_people(
    reader: User, sessions: list[GroupSession], leaders: dict[int, list[Leader]], run: set[int]
) -> list[Evening]:
    """Each with those who come for the first time, who leads, and what is left to look at before it begins."""
    colleagues, new = _others_who_run({session.group_id for session in sessions}, reader), newcomers(sessions)
    checks = checklists(reader, {one: colleague_of(reader, leaders.get(one.pk, [])) for one in sessions})
    return [
        Evening(
            session=one,
            runs_it=one.group_id in run,
            leaders=leaders.get(one.pk, []),
            colleagues=colleagues.get(one.group_id, []),
            newcomers=new.get(one.pk, []) if one.group_id in run or one.is_evening else [],
            checks=checks[one],
        )
        for one in sessions
    ]


def _others_who_run(groups: set[int], reader: User) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    others = Membership.objects.filter(group__in=groups).facilitators().exclude(user=reader).by_name()
    for group, alias in others.values_list("group_id", "alias"):
        found.setdefault(group, []).append(alias)
    return found


def _unmarked(groups: QuerySet[Group]) -> QuerySet[GroupSession]:
    """Sessions that are over and for which nobody has said who came; for two days those too of which there is a roll
    and nothing else (R31). Later that is known to the admins alone.
    """
    now = timezone.now()
    open_still = Q(state=GroupSession.State.SCHEDULED, ends_at__gt=now - REMEMBER_FOR)
    unsaid = Q(state=GroupSession.State.HELD, closing=None, ends_at__gt=now - ASK_HOW_IT_WENT_FOR)
    past = GroupSession.objects.filter(group__in=groups).past().select_related("group")
    return past.filter(open_still | (unsaid & ~Q(group__kind=Group.Kind.PAIR)))


def _requests(reader: User) -> QuerySet[Membership]:
    """People who ask to join and wait for this person's answer, the longest wait first."""
    return Membership.objects.decided_by(reader).requested().select_related("group").order_by("created_at", "pk")


def _with_due(requests: QuerySet[Membership]) -> list[tuple[Membership, datetime]]:
    """Each with the moment by which the organisation promised an answer."""
    days = Organisation.current().answer_days
    return [(membership, membership.answer_by(days)) for membership in requests]


def _notes(reader: User, group: Group) -> list[dict[str, Any]]:
    """The newest notes: that they are there, never a word of them."""
    rows = Note.objects.visible_to(reader).filter(group=group).standing().select_related("session")[:NOTES_SHOWN]
    names = names_in(group, [pk for note in rows for pk in (note.author_id, note.member_id)])
    return [{"note": n, "author": names.get(n.author_id), "member": names.get(n.member_id or 0)} for n in rows]
