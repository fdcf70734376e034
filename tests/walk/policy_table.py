"""One row an address: who may look, who may send, and what the others get. Reviewed like code.

Roles not named get 404 where existence is private, 403 where it is no secret (`deny`), and
somebody signed out is asked to sign in. `records` is how many lines a look leaves in the record.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from checkins.letters import link_path, pause_path
from notices.letters import unsubscribe_path
from tests.walk.world import (
    ADMIN,
    ANON,
    ASKING,
    ENDED,
    EVERYONE,
    FACILITATOR,
    MEMBER,
    MENTEE,
    MENTOR,
    NEW,
    OTHER_FACILITATOR,
    PAST,
    SAFETY,
    SIGNED_IN,
    STAND_IN,
    SUSPENDED,
    VISITING,
    World,
)

SENT = {200, 302, 303, 409, 422}  # a form that went through, or came back with something to fix


@dataclass(frozen=True)
class Row:
    """What one address answers."""

    path: Callable[[World], str]
    get: Collection[str] | None = None  # None: nobody looks here, only POST is known
    post: Collection[str] | None = None
    deny: int = 404
    seen: frozenset[int] = frozenset({200})
    sent: frozenset[int] = frozenset(SENT)
    near: Collection[str] = ()  # they know that it exists: 403
    records: Mapping[str, int] = field(default_factory=dict)  # lines that a look of this role leaves in the record
    marks: Collection[str] = ()  # tables that a look may write to
    leads_out: bool = False
    public_file: bool = False
    foreign: bool = False  # not ours (allauth): its own methods, our headers

    def asks_to_sign_in(self, role: str, method: str) -> bool:
        allowed = self.get if method in {"GET", "HEAD"} else self.post
        return role in {ANON, SUSPENDED} and allowed is not None and role not in allowed

    def expected(self, role: str, method: str) -> set[int]:
        """The statuses that are right. Some pages that leave a line in the record refuse HEAD."""
        head = {405} if method == "HEAD" else set()
        return self._expected(role, method) | head

    def _expected(self, role: str, method: str) -> set[int]:
        if self.foreign:
            return {200, 302, 303, 400, 403, 404, 405, 409}
        allowed = self.get if method in {"GET", "HEAD"} else self.post if method == "POST" else None
        if self.asks_to_sign_in(role, method):
            return {302}
        if allowed is None:
            # Signing in comes before the method: somebody signed out is asked to sign in either way.
            closed = ANON not in (self.get or self.post or ()) and role in {ANON, SUSPENDED}
            return {302} if closed else {405}
        if role not in allowed:
            return {403 if role in self.near else self.deny}
        return set(self.seen if method in {"GET", "HEAD"} else self.sent)


def at(name: str, *args: Callable[[World], Any]) -> Callable[[World], str]:
    return lambda world: reverse(name, args=[arg(world) for arg in args])


def _slug(world: World) -> str:
    return world.group.slug


def _id(thing: str) -> Callable[[World], Any]:
    return lambda world: world.things[thing].public_id


def _slug_of(thing: str) -> Callable[[World], Any]:
    return lambda world: world.things[thing].slug


def _person(world: World) -> Any:
    return world.people[MEMBER].public_id


RUN = {FACILITATOR}
LEAD = RUN | {STAND_IN}  # of the session that begins now
BELONG = {MEMBER, FACILITATOR}
TWO = {MENTOR, MENTEE}
COORDINATOR = {OTHER_FACILITATOR}
COME = BELONG | {VISITING}
ADMINS = {ADMIN}
DOOR = dict.fromkeys(COME, 1) | {STAND_IN: 2, FACILITATOR: 2}  # the first host to go in opens the evening
OPENED = {"group_sessions_groupsession"}  # the first host to look is noted
SEEN_CONCERN = {"notes_concern", "notices_notice", "notices_delivery"}  # its author is told the first time
SEEN = {FACILITATOR: 3, SAFETY: 2}  # that it was seen, and what was written; the facilitator also reads what was shared
LOOKED = {"checkins_followup", "checkins_escalation"}  # who looks ends what would go on to others


def page(name: str, who: Collection[str] = EVERYONE, *args: Callable[[World], Any], **more: Any) -> tuple[str, Row]:
    """Only looked at."""
    return name, Row(at(name, *args), get=who, **more)


def form(name: str, who: Collection[str], *args: Callable[[World], Any], **more: Any) -> tuple[str, Row]:
    """Looked at and sent by the same people."""
    return name, Row(at(name, *args), get=who, post=who, **more)


def button(name: str, who: Collection[str], *args: Callable[[World], Any], **more: Any) -> tuple[str, Row]:
    """Only sent."""
    return name, Row(at(name, *args), post=who, **more)


def _accounts() -> dict[str, Row]:
    """allauth's own pages: its methods, but our headers and none of our words."""
    plain = [
        "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
        "account_email", "account_email_verification_sent", "account_change_password", "account_set_password",
        "account_reset_password", "account_confirm_login_code",
        "account_request_login_code", "account_confirm_password_reset_code", "account_complete_password_reset",
                "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
        "mfa_list_webauthn", "mfa_add_webauthn", "mfa_login_webauthn", "mfa_reauthenticate_webauthn",
        "usersessions_list", "account_password_reset_completed",
    ]  # fmt: skip
    rows = {name: Row(at(name), foreign=True) for name in plain}
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        rows[name] = Row(at(name, lambda world: 1), foreign=True)
    return rows


TABLE: dict[str, Row] = dict(
    [
        # the shell
        page("healthz", public_file=True),
        page("readyz", public_file=True, seen=frozenset({200, 503})),
        button("leave", EVERYONE),
        button("theme", EVERYONE, sent=frozenset({302, 400})),
        # anybody
        page("robots", public_file=True),
        page("groups:sitemap", public_file=True),
        page("home:landing", seen=frozenset({200, 302})),
        page("home:how-it-works"),
        page("home:privacy"),
        page("home:safety-online"),
        page("home:accessibility"),
        page("home:about"),
        page("resources:help"),
        page("resources:list"),
        page("resources:detail", EVERYONE, lambda world: world.resource.slug),
        page("groups:list"),
        page("groups:detail", EVERYONE, _slug),
        form("groups:ask", EVERYONE, _slug, seen=frozenset({200, 302})),
        form("groups:invitation", EVERYONE, lambda world: world.letter),
        form("groups:come", EVERYONE, lambda world: world.link, seen=frozenset({200, 302})),
        form("groups:right-for-me", EVERYONE),
        page("groups:nothing-fits"),
        form("groups:wish", EVERYONE, lambda world: "suggest"),
        page("sessions:feed", public_file=True),
        page("sessions:calendar-feed", EVERYONE, lambda world: world.calendar, public_file=True),
        (
            "notices:unsubscribe",
            Row(lambda world: unsubscribe_path(world.people[MEMBER], "news"), get=EVERYONE, post=EVERYONE),
        ),
        ("checkins:link-pause", Row(lambda world: pause_path(world.asked), get=EVERYONE, post=EVERYONE)),
        ("checkins:link", Row(lambda world: link_path(world.asked), get=EVERYONE, post=EVERYONE)),
        # one's own
        page("home:start", SIGNED_IN, seen=frozenset({302})),
        page("home:home", SIGNED_IN),
        page("home:you", SIGNED_IN),
        form("home:names", SIGNED_IN),
        page("home:data", SIGNED_IN),
        page("notices:list", SIGNED_IN),
        button("notices:read-all", SIGNED_IN),
        button("notices:open", {MEMBER}, _id("notice")),
        page("sessions:list", SIGNED_IN),
        form("sessions:calendar", SIGNED_IN),
        form("sessions:reminders", SIGNED_IN),
        button("sessions:calendar-titles", SIGNED_IN),
        button("sessions:calendar-stop", SIGNED_IN),
        page("groups:mine", SIGNED_IN),
        form("checkins:checkin", SIGNED_IN, seen=frozenset({200, 302})),
        (
            "checkins:answered",
            Row(at("checkins:answered", _id("checkin")), get=BELONG, post={MEMBER}, records={FACILITATOR: 1}),
        ),
        form("checkins:delete", {MEMBER}, _id("checkin"), seen=frozenset({200, 302})),
        page("checkins:how-it-was", SIGNED_IN),
        page("checkins:how-it-was-table", SIGNED_IN, seen=frozenset({200, 302})),
        page("checkins:how-it-was-list", SIGNED_IN, seen=frozenset({200, 302})),
        form("checkins:change", {MEMBER}, _id("checkin"), seen=frozenset({200, 302})),
        form("checkins:messages", SIGNED_IN),
        form("checkins:rest", SIGNED_IN),
        button("checkins:mail-again", SIGNED_IN),
        button("checkins:missed", SIGNED_IN),
        button("checkins:pause", SIGNED_IN),
        form("groups:ask-name", SIGNED_IN, _slug, seen=frozenset({200, 302})),
        page("groups:ask-sent", SIGNED_IN, _slug, seen=frozenset({200, 302})),
        form("groups:ask-change", {ASKING, VISITING, PAST, ENDED} | BELONG, _slug, seen=frozenset({200, 302})),
        button("groups:ask-stay", {ASKING, VISITING, PAST, ENDED} | BELONG, _slug),
        button("groups:talk-answer", {ASKING}, _slug),
        button("groups:ask-withdraw", SIGNED_IN, _slug),
        button("groups:wish-take-back", {NEW}, _id("wish")),
        form("groups:offer", {MEMBER, FACILITATOR, ASKING, PAST, ENDED, VISITING}, _slug, seen=frozenset({200, 302})),
        # those who belong
        page("groups:versions", COME, _slug),
        form("groups:propose", BELONG, _slug),
        page("groups:news", BELONG, _slug),
        form("notes:report-make", SIGNED_IN, lambda world: "group", _slug),
        page("notes:reports-made", SIGNED_IN),
        page("notes:reports", ADMINS | {SAFETY}),
        page("notes:report", {SAFETY}, _id("report"), records={SAFETY: 1}, marks={"notes_report"}),
        button("notes:report-close", {SAFETY}, _id("report")),
        page("groups:news-item", BELONG, _slug, _id("news")),
        button("groups:proposal-withdraw", {MEMBER}, _slug, _id("proposal")),
        form("groups:agreement", COME, _slug),
        page("groups:members", BELONG, _slug),
        form("groups:fit", {MEMBER}, _slug),
        form("groups:leave", BELONG, _slug),
        page("groups:left", {PAST, ENDED}, _slug),
        form("groups:name", BELONG, _slug),
        form("groups:pause", BELONG, _slug),
        button("groups:resume", BELONG, _slug),
        page("sessions:schedule", COME, _slug),
        page("sessions:detail", COME | {STAND_IN}, _id("session")),
        page("sessions:calendar-file", COME | {STAND_IN}, _id("session")),
        form("sessions:seat", COME, _id("later"), seen=frozenset({302})),
        button("sessions:seat-undo", COME, _id("later")),
        button("sessions:every-time", COME, _id("later")),
        page(
            "sessions:door",
            COME | {STAND_IN},
            _id("session"),
            seen=frozenset({303}),
            records=DOOR,
            marks=OPENED,
            leads_out=True,
        ),
        page("sessions:summary", BELONG, _id("over"), records={MEMBER: 1}),
        form("sessions:feedback", {MEMBER}, _id("over"), near={FACILITATOR}),
        # those who run the group
        page("home:help-card", RUN | {OTHER_FACILITATOR, STAND_IN, MENTOR, ADMIN, SAFETY}, deny=403),
        form("home:concern-new", RUN | {OTHER_FACILITATOR, STAND_IN, MENTOR, ADMIN, SAFETY}, deny=403),
        form("home:concern-edit", RUN, _id("concern_draft"), records={FACILITATOR: 1}),
        page("notes:concerns", RUN | {OTHER_FACILITATOR, STAND_IN, MENTOR, ADMIN, SAFETY}, deny=403),
        page("notes:concern", RUN | {SAFETY}, _id("concern"), records={FACILITATOR: 1, SAFETY: 1}, marks=SEEN_CONCERN),
        page("notes:concern-sent", RUN, _id("concern")),
        button("notes:concern-close", {SAFETY}, _id("concern"), near=RUN),
        page("home:help-card-of", LEAD, _id("session"), near={MEMBER, VISITING}),
        page("home:run-sheet-print", LEAD, _id("session"), near={MEMBER, VISITING}),
        page("home:today", SIGNED_IN),
        page("home:workspace", RUN, _slug),
        form("groups:news-write", RUN, _slug),
        button("groups:news-back", RUN, _slug, _id("news")),
        page("groups:farewells", RUN, _slug, records={FACILITATOR: 1}, marks={"groups_farewell"}),
        page("groups:member", RUN, _slug, _id("membership")),
        form("groups:put-out", RUN, _slug, _id("membership")),
        button("groups:unblock", RUN, _slug, _id("membership")),
        form("groups:request", RUN, _slug, _id("asking"), records={FACILITATOR: 2}),
        form("groups:talk", RUN, _slug, _id("asking"), records={FACILITATOR: 1}),
        button("groups:talk-held", RUN, _slug, _id("asking")),
        page("groups:waiting", RUN, _slug),
        form("groups:letters", RUN, _slug),
        button("groups:letter-again", RUN, _slug, _id("colleagues_letter")),
        button("groups:letter-revoke", RUN, _slug, _id("colleagues_letter")),
        form("groups:link", RUN, _slug),
        button("groups:link-revoke", RUN, _slug),
        form("groups:settings", RUN | ADMINS, _slug),
        form("groups:door", RUN | ADMINS, _slug),
        form("groups:open", RUN | ADMINS, _slug),
        form("groups:ending", RUN | ADMINS, _slug),
        form("groups:end-now", RUN | ADMINS, _slug),
        form("groups:reopen", RUN | ADMINS, _slug, seen=frozenset({302})),
        form("groups:agreement-edit", RUN | ADMINS, _slug),
        button("groups:agreement-keep", RUN | ADMINS, _slug),
        page("groups:proposals", RUN, _slug, records={FACILITATOR: 1}),
        button("groups:proposal", RUN, _slug, _id("proposal")),
        form("groups:me", RUN, _slug),
        form("groups:away", RUN, _slug),
        button("groups:away-end", RUN, _slug, _id("away")),
        form("groups:step-down", RUN, _slug),
        page("sessions:attendance-counts", RUN, _slug),
        page("sessions:attendance-file", RUN, _slug),
        form("sessions:series-create", RUN, _slug),
        form("sessions:hosts", RUN, _id("later"), near={MEMBER, VISITING}),
        form("sessions:cover", RUN, _id("later"), near={MEMBER, VISITING}, seen=frozenset({302})),
        page("sessions:cover-call", LEAD, _id("call")),
        button("sessions:cover-take", {STAND_IN}, _id("call"), near=RUN),
        button("sessions:cover-withdraw", RUN, _id("call"), near={STAND_IN}),
        button("sessions:cover-decline", {STAND_IN}, _id("helped"), near=RUN),
        form("sessions:stand-ins", RUN, _slug),
        button("sessions:stand-in-drop", LEAD, _slug, lambda world: world.people[STAND_IN].public_id),
        form("sessions:before", LEAD, _id("session"), near={MEMBER, VISITING}),
        button("sessions:here", LEAD, _id("session"), near={MEMBER, VISITING}),
        form(
            "sessions:run-sheet",
            LEAD,
            _id("session"),
            near={MEMBER, VISITING},
            records=dict.fromkeys(LEAD, 1),
            marks=OPENED,
        ),
        form("sessions:attendance", LEAD, _id("session"), near={MEMBER, VISITING}),
        form("sessions:headcount", LEAD, _id("session"), near={MEMBER, VISITING}),
        form("sessions:guest", RUN, _id("guest")),
        form("sessions:summary-edit", RUN, _id("drafted"), near={MEMBER}, records={FACILITATOR: 1}),
        button("sessions:summary-share", RUN, _id("drafted"), near={MEMBER}),
        button("sessions:summary-take-back", RUN, _id("over"), near={MEMBER}),
        page("sessions:how-it-was", RUN, _id("over"), near={MEMBER}),
        form("home:close", RUN, _id("over"), near={MEMBER}),
        form("sessions:cancel", RUN, _id("later"), near={MEMBER, VISITING}),
        form("sessions:change", RUN, _id("later"), near={MEMBER, VISITING}),
        form("sessions:put-back", RUN, _id("later"), near={MEMBER, VISITING}, seen=frozenset({302})),
        form("sessions:series-cancel", RUN, _id("series"), near={MEMBER, VISITING}),
        page("notes:list", RUN, _slug),
        form("notes:new", RUN, _slug),
        page("notes:detail", RUN, _slug, _id("note"), records={FACILITATOR: 1}),
        form("notes:add", RUN, _slug, _id("note")),
        form("checkins:duty", RUN, _slug),
        button("checkins:duty-end", RUN, _slug),
        page("checkins:unread", ADMINS | {SAFETY}, deny=403),
        page("checkins:waiting", ADMINS | {SAFETY, OTHER_FACILITATOR}),
        button("checkins:waiting-ask", ADMINS | {SAFETY}, _id("unseen")),
        page("checkins:follow-ups", LEAD | {OTHER_FACILITATOR, SAFETY, MENTOR}),
        form("checkins:follow-up-new", LEAD | {OTHER_FACILITATOR, MENTOR}),
        page("checkins:follow-up", RUN | {SAFETY}, _id("followup"), records=SEEN, marks=LOOKED),
        button("checkins:take", RUN | {SAFETY}, _id("followup")),
        button("checkins:hand-back", RUN | {SAFETY}, _id("followup")),
        button("checkins:done", RUN | {SAFETY}, _id("followup")),
        button("checkins:reopen", RUN | {SAFETY}, _id("followup")),
        button("checkins:leave-be", RUN | {SAFETY}, _id("followup")),
        button("checkins:hand-over", RUN | {SAFETY}, _id("followup")),
        button("checkins:take-back", RUN | {SAFETY}, _id("followup")),
        button("checkins:write", RUN | {SAFETY}, _id("followup")),
        form("checkins:hello-new", RUN | {SAFETY}, _id("greeted")),
        form("checkins:hello-quiet", RUN, _id("quiet")),
        form("checkins:replies", {MEMBER}, _id("followup")),
        form("checkins:hello", {MEMBER}, _id("greeted")),
        form("checkins:questions", ADMINS, deny=403),
        form("checkins:group-questions", RUN, _slug),
        button("checkins:question-retire", RUN, _id("prompt")),
        button("checkins:question-again", RUN, _id("prompt")),
        # the two of a pair, and who runs their programme
        page("groups:mentoring", SIGNED_IN, seen=frozenset({200, 302})),
        page("groups:pair", TWO, _slug_of("pair")),
        form("groups:pair-agreement", TWO, _slug_of("pair")),
        button("groups:pair-agreement-yes", TWO, _slug_of("pair")),
        button("groups:pair-answer", {MENTOR}, _slug_of("question")),
        form("groups:pair-door", {MENTOR}, _slug_of("pair")),
        form("groups:pair-end", TWO, _slug_of("pair")),
        form("groups:pair-longer", TWO, _slug_of("pair")),
        form("groups:pair-review", TWO, _slug_of("pair"), records={MENTOR: 1}),
        form("groups:pair-profile", TWO, _slug_of("programme")),
        form("groups:mentors", TWO, _slug_of("programme"), seen=frozenset({200, 302}), sent=frozenset({302, 404})),
        button("groups:mentor-wanted", TWO, _slug_of("programme")),
        form("groups:run-pairs", COORDINATOR, _slug_of("programme")),
        button("groups:mentor", COORDINATOR, _slug_of("programme"), _id("mentee")),
        button("groups:pair-take-back", COORDINATOR, _slug_of("programme"), _id("question")),
        # admins; that these pages exist is no secret
        page("home:overview", ADMINS, deny=403),
        page("home:mail", ADMINS, deny=403),
        button("home:mail-test", ADMINS, deny=403),
        button("home:mail-again", ADMINS, _person, deny=403),
        page("sessions:rooms", ADMINS, deny=403),
        form("sessions:room-new", ADMINS, deny=403),
        form("sessions:room", ADMINS, _id("room"), deny=403),
        form("sessions:room-retire", ADMINS, _id("room"), deny=403),
        form("home:setup", ADMINS, deny=403),
        form("home:settings", ADMINS, deny=403),
        page("home:members", ADMINS, deny=403),
        form("home:invite", ADMINS, deny=403),
        page("home:invitations", ADMINS, deny=403),
        button("home:invitation-revoke", ADMINS, _id("invitation"), deny=403),
        form("home:member", ADMINS, _person, deny=403),
        button("home:suspend", ADMINS, _person, deny=403),
        button("home:reinstate", ADMINS, _person, deny=403),
        page("home:audit", ADMINS, deny=403),
        page("resources:manage", ADMINS, deny=403),
        form("resources:new", ADMINS, deny=403),
        form("resources:edit", ADMINS, _id("resource"), deny=403),
        button("resources:check", ADMINS, _id("resource"), deny=403),
        page("resources:lines", ADMINS, deny=403),
        form("resources:line-new", ADMINS, deny=403),
        form("resources:lines-confirm", ADMINS, deny=403),
        form("resources:line-edit", ADMINS, _id("line"), deny=403),
        button("resources:line-up", ADMINS, _id("line"), deny=403),
        button("resources:line-retire", ADMINS, _id("line"), deny=403),
        page("groups:manage", ADMINS, deny=403),
        form("groups:words", ADMINS, deny=403),
        form("groups:word", ADMINS, _id("term"), deny=403),
        button("groups:word-drop", ADMINS, _id("term"), deny=403),
        form("groups:areas", ADMINS, deny=403),
        form("groups:area", ADMINS, _id("area"), deny=403),
        button("groups:area-drop", ADMINS, _id("area"), deny=403),
        form("groups:new", ADMINS, deny=403),
        form("groups:appoint", ADMINS, _slug, deny=403),
        button("groups:release", ADMINS, _slug, _id("seat"), deny=403),
        page("home:load", ADMINS | {SAFETY}, deny=403),
        page("sessions:week", ADMINS | {SAFETY}, deny=403),
        page("groups:wishes", ADMINS, deny=403),
        form("groups:wish-detail", ADMINS, _id("wish"), deny=403, records={ADMIN: 1}),
    ]
)
TABLE |= _accounts()
