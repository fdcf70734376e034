"""What people are told about sessions."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notices.registry import Ids, Topic, in_area
from people.models import User
from people.policy import can
from sessions.models import Closing, CoverCall, GroupSession, Seat
from sessions.services.reminders import KINDS, Kind, comes, is_left_open, makes_sense, wants
from sessions.words import clock_of, when_words

WAKES_WITHIN = timedelta(hours=12)


def _session(ids: Ids, user: User) -> GroupSession | None:
    return GroupSession.objects.visible_to(user).filter(public_id=ids["session"]).first()


def _is_held(user: User, ids: Ids) -> bool:
    """The seat is still held for them, in a session that is still to come."""
    offers = Seat.objects.filter(user=user, state=Seat.State.OFFERED, offered_until__gt=timezone.now())
    session = _session(ids, user)
    if session is None or session.is_cancelled or session.has_begun:
        return False
    return offers.filter(session=session).exists()


def _told_of(ids: Ids, user: User) -> list[GroupSession]:
    """Those of the sessions that were told, and still concern this person, and begin when it was said."""
    told = {(public_id, at) for public_id, at in ids.get("all") or [[ids["session"], ids["at"]]]}
    theirs = GroupSession.objects.visible_to(user).concerning(user).filter(public_id__in={one for one, _ in told})
    ahead = theirs.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")
    return [session for session in ahead if (str(session.public_id), session.starts_at.isoformat()) in told]


def _are_cancelled(user: User, ids: Ids) -> bool:
    return any(session.is_cancelled for session in _told_of(ids, user))


def _are_on(user: User, ids: Ids) -> bool:
    return any(not session.is_cancelled for session in _told_of(ids, user))


def _near(ids: Ids, user: User) -> datetime:
    """From when on the news wakes people up: somebody may be on the way already."""
    return datetime.fromisoformat(ids["at"]) - WAKES_WITHIN


def _reminds(kind: Kind) -> Callable[[User, Ids], bool]:
    """Asked when it is made and again when it leaves: they still come, it begins then, and it is not too late."""

    def may(user: User, ids: Ids) -> bool:
        session = _session(ids, user)
        if session is None or session.is_cancelled or session.starts_at.isoformat() != ids["at"]:
            return False
        return makes_sense(kind, session.starts_at) and wants(user, kind) and comes(user, session)

    return may


def _helps_until(kind: Kind) -> Callable[[Ids, User], datetime]:
    """What waited for a mail server that was away is let go of and counted."""

    def until(ids: Ids, user: User) -> datetime:
        return datetime.fromisoformat(ids["at"]) - kind.until

    return until


def _when(ids: Ids, user: User) -> str:
    """On this person's own clock, wherever the words are made."""
    return when_words(datetime.fromisoformat(ids["at"]), user.zone)


def _freed(ids: Ids, user: User) -> str:
    words = {"when": _when(ids, user), "until": _until(ids, user)}
    return _("A seat opened for you: %(when)s. Held until %(until)s") % words


def _until(ids: Ids, user: User) -> str:
    return when_words(datetime.fromisoformat(ids["until"]), user.zone)


def _ran_out(user: User, ids: Ids) -> bool:
    """The seat that was held for them is not any more, and they have not answered since."""
    session = _session(ids, user)
    seat = session.seats.filter(user=user).first() if session else None
    return seat is not None and seat.ran_out


def _went_on(ids: Ids, user: User) -> str:
    """Whose it is now, as far as it was true when it was told, and that they are not in line."""
    if ids["next"]:
        words = _("The seat held for you went to the next in line: %(when)s. You can join the line again")
    else:
        words = _("The seat is not held for you any more: %(when)s. You can still say yes if one is free")
    return words % {"when": _when(ids, user)}


def _offer_facts(ids: Ids, user: User) -> dict[str, Any]:
    return _facts(ids, user) | {"until": _until(ids, user)}


def _say(ids: Ids, user: User, one: str, many: str) -> str:
    """About one date, or about several that were changed at once."""
    count = len(ids.get("all") or [ids["at"]])
    return (one if count == 1 else many) % {"count": count, "when": _when(ids, user)}


def _cancelled(ids: Ids, user: User) -> str:
    return _say(ids, user, _("Cancelled: %(when)s"), _("Cancelled: %(count)s dates, the first on %(when)s"))


def _moved(ids: Ids, user: User) -> str:
    return _say(ids, user, _("Moved, to %(when)s"), _("Moved: %(count)s dates, the first now on %(when)s"))


def _elsewhere(ids: Ids, user: User) -> str:
    return _say(ids, user, _("In another place: %(when)s"), _("In another place: %(count)s dates from %(when)s on"))


def _back(ids: Ids, user: User) -> str:
    return _say(ids, user, _("It is on after all: %(when)s"), _("On after all: %(count)s dates from %(when)s on"))


def _reminder(ids: Ids, user: User) -> str:
    return _("Reminder: %(when)s") % {"when": _when(ids, user)}


def _at(ids: Ids, user: User) -> str:
    """Where mail is not discreet, its subject may say for what time it is; and never for what."""
    return _("Reminder for %(time)s") % {"time": clock_of(datetime.fromisoformat(ids["at"]), user.zone)}


def _link(ids: Ids, user: User) -> str:
    return reverse("sessions:detail", args=[ids["session"]])


def _facts(ids: Ids, user: User) -> dict[str, Any]:
    return {"when": _when(ids, user)}


def _news(say: Callable[[Ids, User], str], *, cancelled: bool) -> Callable[[Ids, User], dict[str, Any]]:
    """The line in a mail: about those dates of which it still holds while it leaves."""

    def facts(ids: Ids, user: User) -> dict[str, Any]:
        holds = [session for session in _told_of(ids, user) if session.is_cancelled == cancelled]
        every = [[str(session.public_id), session.starts_at.isoformat()] for session in holds]
        return {"line": say({**ids, "at": every[0][1], "all": every}, user)}

    return facts


def _leads_it(user: User, ids: Ids) -> bool:
    session = _session(ids, user)
    if session is None or session.is_cancelled or session.is_over:
        return False
    return session.bookings.filter(host=user).exists()


def _can_take(user: User, ids: Ids) -> bool:
    call = CoverCall.objects.to_answer().filter(public_id=ids["call"]).select_related("session__group").first()
    return call is not None and can(user, "cover.take", call)


def _knows_call(user: User, ids: Ids) -> bool:
    return user.is_admin or CoverCall.objects.visible_to(user).filter(public_id=ids["call"]).exists()


def _runs_it(user: User, ids: Ids) -> bool:
    session = _session(ids, user)
    return session is not None and not session.is_over and can(user, "session.host", session)


def _is_unopened(user: User, ids: Ids) -> bool:
    return user.is_admin and GroupSession.objects.unopened().filter(public_id=ids["session"]).exists()


def _may_close(user: User, ids: Ids) -> bool:
    session = _session(ids, user)
    return session is not None and is_left_open(session) and can(user, "session.lead", session)


def _stands_in(user: User, ids: Ids) -> bool:
    return user.stands_in.able().filter(group__slug=ids["group"]).exists()


def _saying(line: Any) -> Callable[[Ids, User], str]:
    """A sentence with the time in it, on the reader's own clock."""
    return lambda ids, user: str(line) % {"when": _when(ids, user)}


def _booked(ids: Ids, user: User) -> str:
    many = _("You are down to lead %(count)s dates, the first on %(when)s")
    return _say(ids, user, _("You are down to lead: %(when)s"), many)


def _asked_to_step_in(ids: Ids, user: User) -> str:
    return _("You are on a list of people who step in now and then")


def _to_call(ids: Ids, user: User) -> str:
    return reverse("sessions:cover-call", args=[ids["call"]])


def _to_session_or_overview(ids: Ids, user: User) -> str:
    return _link(ids, user) if _session(ids, user) else reverse("home:overview")


def _to_hosts(ids: Ids, user: User) -> str:
    return reverse("sessions:hosts", args=[ids["session"]])


def _to_overview(ids: Ids, user: User) -> str:
    return reverse("home:overview")


def _to_closing(ids: Ids, user: User) -> str:
    return reverse("home:close", args=[ids["session"]])


def _to_today(ids: Ids, user: User) -> str:
    return reverse("home:today")


def _in_words(say: Callable[[Ids, User], str]) -> Callable[[Ids, User], dict[str, Any]]:
    return lambda ids, user: {"line": say(ids, user)}


def _plain(
    name: str,
    may: Callable[[User, Ids], bool],
    say: Callable[[Ids, User], str],
    link: Callable[[Ids, User], str],
    *,
    essential: bool = False,
) -> Topic:
    """One sentence and where it leads."""
    return Topic(name, may, say, link, "sessions/mail/line", _in_words(say), essential=essential)


HOSTING = [
    _plain("host.booked", _leads_it, _booked, _link),
    _plain("cover.asked", _can_take, _saying(gettext_lazy("Can you take it? Somebody cannot: %(when)s")), _to_call),
    _plain("cover.taken", _knows_call, _saying(gettext_lazy("Somebody takes it on: %(when)s")), _to_call),
    _plain(
        "cover.alone",
        _knows_call,
        _saying(gettext_lazy("Nobody could step in. One person leads alone: %(when)s")),
        _to_session_or_overview,
    ),
    _plain("cover.nobody", _knows_call, _saying(gettext_lazy("Nobody could step in. It is off: %(when)s")), _to_call),
    _plain("room.retired", _runs_it, _saying(gettext_lazy("Choose another room: %(when)s")), _to_hosts),
    _plain(
        "session.left-open",
        _may_close,
        _saying(gettext_lazy("Not written down yet: %(when)s. It takes about a minute")),
        _to_closing,
    ),
    _plain("standin.added", _stands_in, _asked_to_step_in, _to_today),
    # Somebody stands before a closed door in ten minutes: this one does not wait for the morning.
    _plain(
        "session.alarm",
        _is_unopened,
        _saying(gettext_lazy("Nobody is there yet to lead: %(when)s")),
        _to_overview,
        essential=True,
    ),
]


def _may_ring(user: User, ids: Ids) -> bool:
    """Unless whoever asked took it back: that somebody else saved the closing after them takes nothing back."""
    closing = Closing.objects.filter(public_id=ids["closing"]).select_related("closed_by").first()
    if closing is None or not user.is_safety_lead:
        return False
    return closing.wants_talk or ids.get("person", "") not in {"", str(closing.closed_by.public_id)}


def _want_talk(many: Sequence[Ids], user: User) -> list[str]:
    """Who asked: the one it was kept for, else whoever closed the session. Nobody is named to a lead of long ago."""
    if not user.is_safety_lead:
        return [_("This was for whoever looks after safety")] * len(many)
    closings = Closing.objects.filter(
        public_id__in=[ids["closing"] for ids in many if ids.get("closing")]
    ).select_related("closed_by")
    closed_by = {str(closing.public_id): closing.closed_by.display_name for closing in closings}
    people = User.objects.filter(public_id__in=[ids["person"] for ids in many if ids.get("person")])
    asked = {str(person.public_id): person.display_name for person in people}
    names = [asked.get(ids.get("person", "")) or closed_by.get(ids.get("closing", "")) or _("Somebody") for ids in many]
    words = _("%(name)s led an evening and would like to talk to somebody. Ring or write to them")
    return [words % {"name": name} for name in names]


def _wants_talk(ids: Ids, user: User) -> str:
    return _want_talk([ids], user)[0]


def _who_carries_what(ids: Ids, user: User) -> str:
    return reverse("home:load")


COMING = [
    Topic("seat.free", _is_held, _freed, _link, "sessions/mail/seat_free", _offer_facts),
    _plain("seat.went-on", _ran_out, _went_on, _link),
    # Somebody may be on the way already: this one cannot be switched off, and near the start it wakes people up.
    Topic(
        "session.cancelled",
        _are_cancelled,
        _cancelled,
        _link,
        "sessions/mail/cancelled",
        _news(_cancelled, cancelled=True),
        essential=True,
        urgent_from=_near,
    ),
    Topic("session.moved", _are_on, _moved, _link, "sessions/mail/moved", _news(_moved, cancelled=False)),
    Topic("session.place", _are_on, _elsewhere, _link, "sessions/mail/place", _news(_elsewhere, cancelled=False)),
    *(
        Topic(
            kind.topic,
            _reminds(kind),
            _reminder,
            _link,
            "sessions/mail/reminder",
            _facts,
            subject=_at,
            useful_until=_helps_until(kind),
        )
        for kind in KINDS
    ),
    Topic("session.back", _are_on, _back, _link, "sessions/mail/back", _news(_back, cancelled=False)),
]
TOPICS: list[Topic] = [
    *in_area("sessions", *COMING),
    *in_area("looking_after", *HOSTING),
    Topic(
        "host.talk",
        _may_ring,
        _wants_talk,
        _who_carries_what,
        "sessions/mail/host_talk",
        area="looking_after",
        lines=_want_talk,
        alone=True,  # its line names somebody
    ),
]
