"""The tabs at the top (by role) and the help lines at the foot of every page."""

import json
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.core.cache import caches
from django.db import Error
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from groups.querysets import OPEN
from people.models import User
from resources.models import CrisisLine

SECONDS_REMEMBERED = 60

PAIR = ("groups:mentoring", _("Mentoring"), "pair")

VISITOR = (
    ("groups:list", _("Find a group"), "circle"),
    ("resources:list", _("Resources"), "book"),
    ("home:how-it-works", _("How it works"), "info"),
    ("account_login", _("Sign in"), "person"),
)
MEMBER = (
    ("home:home", _("Home"), "home"),
    ("groups:list", _("Groups"), "circle"),
    ("resources:list", _("Resources"), "book"),
    ("home:you", _("You"), "person"),
)
FACILITATOR = (
    ("home:today", _("Today"), "home"),
    ("groups:mine", _("My groups"), "circle"),
    ("checkins:follow-ups", _("Follow-up"), "hand"),
    ("resources:list", _("Resources"), "book"),
    ("home:you", _("You"), "person"),
)
SAFETY_LEAD = (
    ("checkins:follow-ups", _("Follow-up"), "hand"),
    ("home:today", _("Today"), "home"),
    ("groups:mine", _("Groups"), "circle"),
    ("resources:list", _("Resources"), "book"),
    ("home:you", _("You"), "person"),
)
ADMIN = (
    ("home:overview", _("Overview"), "home"),
    ("home:members", _("Members"), "person"),
    ("groups:manage", _("Groups"), "circle"),
    ("resources:manage", _("Resources"), "book"),
    ("home:settings", _("Settings"), "lock"),
)
# Pages whose address does not begin like the tab they stand under.
ALSO_UNDER = (
    ("/accounts/", "home:you"),
    ("/groups/", "groups:mine"),
    ("/sessions/", "groups:mine"),
    ("/sessions/", "groups:list"),
    ("/check-in/", "home:home"),
    ("/notices/", "home:you"),
    ("/groups/", "groups:manage"),
    ("/resources/", "resources:manage"),
    ("/manage/help-lines/", "home:settings"),
    ("/manage/load/", "home:today"),
    ("/help-card/", "home:today"),
)


class Tab(NamedTuple):
    """One way to go, and whether the reader is there."""

    url: str
    label: str
    icon: str
    here: bool


class HelpLine(NamedTuple):
    """A number that answers at any hour, as the foot shows it."""

    href: str
    label: str
    words: str


def shell(request: HttpRequest) -> dict[str, Any]:
    """Both are asked for only by pages that draw them: at most one query for the tabs."""
    return {
        "tabs": SimpleLazyObject(lambda: tabs(request)),
        "help_lines": SimpleLazyObject(help_lines),
    }


def tabs(request: HttpRequest) -> list[Tab]:
    """The tabs of this person's role; `here` is the one that the page stands under."""
    ways = [(reverse(name), str(label), icon) for name, label, icon in _ways(request)]
    places = [(url, url) for url, *_ in ways] + [(start, reverse(name)) for start, name in ALSO_UNDER]
    ours = {url for url, *_ in ways}
    above = [(start, url) for start, url in places if url in ours and request.path.startswith(start)]
    _start, here = max(above, key=lambda place: len(place[0]), default=("", ""))
    return [Tab(url, label, icon, url == here) for url, label, icon in ways]


def facilitates(request: HttpRequest, user: User) -> bool:
    """Whether the person asking runs a group. Being a mentor is no such office (design section 8)."""
    return ("facilitator", False) in _parts(request, user)


def is_in_a_pair(request: HttpRequest, user: User) -> bool:
    """One of two, or asked to be."""
    return any(of_pair for _role, of_pair in _parts(request, user))


def _parts(request: HttpRequest, user: User) -> set[tuple[str, bool]]:
    """In which roles the person asking is there, in pairs and elsewhere; looked up once a request."""
    remembered = vars(request)
    if "parts" not in remembered:
        theirs = Q(state="active", role="facilitator") | Q(state__in=OPEN, group__kind="pair")
        rows = Membership.objects.filter(theirs, user=user).values_list("role", "group__kind")
        remembered["parts"] = {(role, kind == "pair") for role, kind in rows}
    return cast(set[tuple[str, bool]], remembered["parts"])


def help_lines() -> list[HelpLine]:
    """The confirmed lines in the reader's language; from the saved file when the database is away."""
    try:
        lines = caches["memory"].get_or_set(f"crisis-lines:{get_language()}", _confirmed_lines, SECONDS_REMEMBERED)
        return cast(list[HelpLine], lines)
    except Error:
        return saved_help_lines()


def saved_help_lines() -> list[HelpLine]:
    """The lines as they were written down at the last confirmation. No database, no trouble: maybe none."""
    try:
        rows = json.loads(settings.CRISIS_LINES_FILE.read_text(encoding="utf-8"))
        return [HelpLine(row["href"], row["label"], row["words"]) for row in rows]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _ways(request: HttpRequest) -> tuple[tuple[str, Any, str], ...]:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return VISITOR
    if user.is_admin:
        return ADMIN
    if user.is_safety_lead:
        return SAFETY_LEAD
    if facilitates(request, user):
        return FACILITATOR
    return (*MEMBER[:2], PAIR, *MEMBER[2:]) if is_in_a_pair(request, user) else MEMBER


def _confirmed_lines() -> list[HelpLine]:
    return [HelpLine(line.href, str(line.label), str(line.words)) for line in CrisisLine.objects.confirmed()]
