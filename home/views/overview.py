"""The admin's first page: what needs somebody, and the month in numbers. No names, no words."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, Min, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from groups.models import Group, Membership, Wish
from home.views.manage import tasks_of
from home.views.needs import Need, concerns_unread, nobody_reads, reports_unread, waits_unseen
from notices.models import Delivery, MailTrouble
from people.http import SignedInRequest
from people.models import Organisation, User
from people.policy import ensure
from resources.models import LINES_STALE_AFTER, CrisisLine, Resource
from sessions.models import GroupSession

STUCK_AFTER = timedelta(minutes=15)
FEW = 5  # smaller numbers could point at somebody


@login_required
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "organisation.change")
    organisation = Organisation.current()
    needs = [
        *waits_unseen(request.user),
        *concerns_unread(),
        *reports_unread(request.user),
        *_unopened(),
        *_set_up(organisation),
        *_help_lines(),
        *_requests(organisation),
        *_wishes(organisation),
        *_groups(),
        *_all_away(),
        *nobody_reads(),
        *_unled(),
        *_unclosed(),
        *_unsaid(),
        *_resources(),
        *_messages(),
    ]
    context = {"needs": needs, "figures": _figures(), "month": timezone.localdate()}
    return render(request, "home/manage_overview.html", context)


def few(number: int) -> str:
    """A number of people as an admin may see it."""
    return str(_("Under 5")) if 0 < number < FEW else str(number)


def _set_up(organisation: Organisation) -> list[Need]:
    """First of all, as long as no group is open."""
    if Group.objects.filter(state=Group.State.OPEN).exists():
        return []
    tasks = tasks_of(organisation)
    done = _("%(done)s of %(all)s done") % {"done": sum(task.done for task in tasks), "all": len(tasks)}
    words = _("Five things before the first group opens")
    return [Need(_("Set up PeerHub"), words, done, reverse("home:setup"), _("Go on"))]


def _help_lines() -> list[Need]:
    lines = list(CrisisLine.objects.current())
    here = [line.confirmed_at for line in lines if line.confirmed_at and not line.elsewhere]
    confirm = reverse("resources:lines-confirm")
    needs = []
    if not here:
        words = _("Until then no group can open, and pages name no number.")
        needs.append(Need(_("Confirm the help lines"), words, _("Due now"), confirm, _("Check them")))
    elif min(here) < timezone.now() - LINES_STALE_AFTER:
        words = _("Every 90 days somebody rings or looks up each one.")
        needs.append(Need(_("Check the help lines again"), words, _("Due now"), confirm, _("Check them")))
    waiting = sum(not line.is_confirmed for line in lines)
    if waiting and here:
        title = ngettext("%(n)s help line waits for a name", "%(n)s help lines wait for a name", waiting)
        words = _("Until then nobody else sees it.")
        needs.append(Need(title % {"n": waiting}, words, "", confirm, _("See them")))
    return needs


def _requests(organisation: Organisation) -> list[Need]:
    promised = timezone.now() - timedelta(days=organisation.answer_days)
    late = Membership.objects.requested().filter(created_at__lt=promised).count()
    if not late:
        return []
    words = ngettext(
        "We promise an answer within %(n)s day. Ask the facilitators what they need.",
        "We promise an answer within %(n)s days. Ask the facilitators what they need.",
        organisation.answer_days,
    )
    title = _("Requests to join that wait too long: %(number)s") % {"number": few(late)}
    return [Need(title, words % {"n": organisation.answer_days}, _("Due now"), reverse("groups:manage"), _("Groups"))]


def _wishes(organisation: Organisation) -> list[Need]:
    """People who found no group that fits, and were promised that somebody writes back."""
    found = Wish.objects.unanswered().aggregate(number=Count("pk"), oldest=Min("created_at"))
    number, oldest = found["number"], found["oldest"]
    if not number:
        return []
    answer_by = oldest + timedelta(days=organisation.answer_days)
    title = _("People who wait for a suggestion: %(number)s") % {"number": few(number)}
    words = _("The first of them was told: by %(day)s.") % {"day": date_format(timezone.localtime(answer_by), "j F")}
    due = _("Due now") if answer_by < timezone.now() else ""
    return [Need(title, words, due, reverse("groups:wishes"), _("Answer them"))]


def _groups() -> list[Need]:
    leading = Membership.objects.facilitators().filter(group=OuterRef("pk"), user__is_active=True)
    alone = Group.objects.beyond_pairs().filter(~Exists(leading), state=Group.State.OPEN).count()
    if not alone:
        return _one_facilitator()
    title = ngettext("%(n)s group has no facilitator", "%(n)s groups have no facilitator", alone) % {"n": alone}
    words = _("Nobody answers there, and nobody opens the door.")
    return [Need(title, words, _("Due now"), reverse("home:invite"), _("Find someone"))]


def _one_facilitator() -> list[Need]:
    """Groups that hang on one person."""
    leading = Q(memberships__role="facilitator", memberships__state="active", memberships__user__is_active=True)
    groups = Group.objects.beyond_pairs().filter(state=Group.State.OPEN)
    groups = groups.annotate(leaders=Count("memberships", filter=leading))
    groups = groups.filter(Q(leaders=1))
    names = list(groups.order_by("name", "pk").values_list("name", flat=True)[:2])
    if not names:
        return []
    title = _("“%(name)s” has one facilitator") % {"name": names[0]}
    if len(names) > 1:
        title = _("%(n)s groups have one facilitator") % {"n": groups.count()}
    words = _("We ask for two: one leads, one sees how people are.")
    return [Need(title, words, "", reverse("groups:manage"), _("Find someone"))]


def _all_away() -> list[Need]:
    """Groups in which everybody who runs them is taking time off today."""
    running = Membership.objects.running().filter(group=OuterRef("pk"))
    here = running.there_on(timezone.localdate())
    empty = Group.objects.beyond_pairs().filter(Exists(running), ~Exists(here), state=Group.State.OPEN)
    number = empty.count()
    if not number:
        return []
    title = ngettext(
        "%(n)s group has nobody there at the moment", "%(n)s groups have nobody there at the moment", number
    )
    words = _("Whoever runs it is taking time off, and nobody stands in.")
    return [Need(title % {"n": number}, words, _("Due now"), reverse("home:load"), _("See who is there"))]


def _unopened() -> list[Need]:
    """Sessions that begin now, and nobody is there to lead them: first of all, as long as it holds."""
    rows = GroupSession.objects.unopened().with_leader().select_related("group")
    return [Need(_no_host_yet(session), _who_to_ring(session), _("Due now")) for session in rows]


def _no_host_yet(session: GroupSession) -> str:
    facts = {"group": session.group.name, "time": time_format(timezone.localtime(session.starts_at), "TIME_FORMAT")}
    return _("Nobody has opened “%(group)s”, %(time)s") % facts


def _who_to_ring(session: GroupSession) -> str:
    if session.leader:
        return _("%(name)s leads it. Ring them, or be there yourself.") % {"name": session.leader}
    return _("Nobody is down to lead it. Find somebody, or tell people at the door.")


def _unled() -> list[Need]:
    """Sessions of this week that nobody is down to lead."""
    soon = GroupSession.objects.scheduled().upcoming().within(7).filter(group__state=Group.State.OPEN)
    number = soon.exclude(group__kind=Group.Kind.PAIR).with_leader().filter(Q(led_by=None)).count()
    if not number:
        return []
    title = ngettext("%(n)s session this week needs a host", "%(n)s sessions this week need a host", number)
    words = _("Those who run the group choose one on the session’s page.")
    return [Need(title % {"n": number}, words, "", reverse("groups:manage"), _("Groups"))]


def _unclosed() -> list[Need]:
    """Sessions that nobody closed although those who led were asked to (R31)."""
    late, now = timedelta(days=4), timezone.now()
    past = GroupSession.objects.scheduled().filter(ends_at__lte=now - late, starts_at__gt=now - timedelta(days=28))
    number = past.filter(group__state=Group.State.OPEN).exclude(group__kind=Group.Kind.PAIR).count()
    if not number:
        return []
    title = ngettext("%(n)s session is not closed", "%(n)s sessions are not closed", number) % {"n": number}
    words = _("It was days ago, and those who led were asked. Ask them what they need.")
    return [Need(title, words, "", reverse("groups:manage"), _("Groups"))]


def _unsaid() -> list[Need]:
    """Sessions with a roll and nothing else, from when on those who led are not asked any more (R31)."""
    late, now = timedelta(hours=48), timezone.now()
    held = GroupSession.objects.filter(state=GroupSession.State.HELD, closing=None, ends_at__lte=now - late)
    known = held.filter(starts_at__gt=now - timedelta(days=28), group__state=Group.State.OPEN)
    number = known.exclude(group__kind=Group.Kind.PAIR).count()
    if not number:
        return []
    title = ngettext(
        "Of %(n)s session nobody wrote down how it went", "Of %(n)s sessions nobody wrote down how it went", number
    )
    words = _("Who came is saved. Ask those who led how they are.")
    return [Need(title % {"n": number}, words, "", reverse("groups:manage"), _("Groups"))]


def _resources() -> list[Need]:
    stale = Resource.objects.stale()
    found = stale.aggregate(number=Count("pk"), oldest=Min("checked_on"))
    number, oldest = found["number"], found["oldest"]
    if not number:
        return []
    title = ngettext("%(n)s resource to check", "%(n)s resources to check", number) % {"n": number}
    words = _("The oldest was checked on %(day)s.") % {"day": date_format(oldest, "j F Y")}
    return [Need(title, words, _("Due now"), reverse("resources:manage") + "?show=stale", _("See them"))]


def _messages() -> list[Need]:
    """Mail that was given up, mail that should have left a while ago, and addresses that do not work."""
    parked, stuck = Delivery.objects.parked().count(), Delivery.objects.stuck(STUCK_AFTER).count()
    back = MailTrouble.objects.present().count()
    ask = _("Ask whoever looks after the server to check the mail settings.")
    told = [
        (parked, _("Messages that could not be sent: %(number)s"), f"{_('We tried at least five times.')} {ask}"),
        (
            stuck,
            _("Messages that wait to be sent: %(number)s"),
            f"{_('They leave as soon as the mail server answers.')} {ask}",
        ),
        (back, _("Addresses that mail comes back from: %(number)s"), _("Ask for another one when you next meet.")),
    ]
    page, look = reverse("home:mail"), _("Look at the mail")
    return [Need(title % {"number": few(number)}, words, "", page, look) for number, title, words in told if number]


def _figures() -> list[tuple[str, str, str]]:
    start = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sessions = GroupSession.objects.filter(starts_at__gte=start, starts_at__lte=timezone.now())
    cancelled = sessions.filter(state=GroupSession.State.CANCELLED).count()
    asked = Membership.objects.beyond_pairs().filter(created_at__gte=start, role=Membership.Role.MEMBER).count()
    off = ngettext("%(n)s cancelled", "%(n)s cancelled", cancelled) % {"n": cancelled} if cancelled else ""
    return [
        (_("Sessions"), str(sessions.count() - cancelled), off),
        (_("Asked to join"), few(asked), ""),
        (_("Groups open"), str(Group.objects.beyond_pairs().filter(state=Group.State.OPEN).count()), ""),
        (_("People with an account"), few(User.objects.active().count()), ""),
    ]
