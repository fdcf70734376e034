"""/sessions/…/close/: the roll, promises, what it was about, and how those who led it are. On one page, in a minute."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groups.models import Membership
from groups.policies import runs
from home.forms import MOST_PROMISES, ClosingForm, PromiseForms
from home.services import close_session
from notes.models import Note
from people.errors import Refused
from people.http import SignedInRequest
from people.models import User
from people.policy import ensure
from sessions.forms import AttendanceForm
from sessions.models import Closing, GroupSession
from sessions.services import NotBegun, asks_to_talk, ensure_begun, hints_of, kept_words, leaders_of, prefill, roll_for
from sessions.services.roll import RollLine
from sessions.views.pages import visible_session

FORMS = "promises"


class Page:
    """The forms of one closing: `data` is what was sent, None when the page is only read."""

    def __init__(self, reader: User, session: GroupSession, data: QueryDict | None) -> None:
        self.reader, self.session = reader, session
        self.closing = Closing.objects.filter(session=session).first()
        self.roll = roll_for(reader, session)
        self.runs_it = runs(reader, session.group)
        self.attendance = AttendanceForm(
            data,
            roll=self.roll,
            said=prefill(self.roll),
            hints=hints_of(session, self.roll) if self.runs_it else None,
            regulars=self.runs_it,
        )
        names = [line.name for line in self.roll]
        self.form = ClosingForm(data, names=names, initial=self._initial())
        if not self.runs_it:
            del self.form.fields["debrief"]
        owners = self._owners()
        choices = {"people": self._people() if owners else [], "owners": owners}  # nobody is left who could promise
        first = None if data else [{"key": uuid4()}]
        self.promises = PromiseForms(data, prefix=FORMS, initial=first, form_kwargs=choices)

    @property
    def is_valid(self) -> bool:
        checks = [self.attendance.is_valid(), self.form.is_valid(), self.promises.is_valid()]
        return all(checks)

    @property
    def values(self) -> dict[str, Any]:
        """What `close_session` takes."""
        form = self.form
        count = form.cleaned_data["count"]
        by_name = {"marks": self.attendance.marks(), "guests": self.attendance.guest_marks()}
        return {
            "roll": {"headcount": count} if form.count_instead else by_name,
            "guest": None if form.count_instead else self.attendance.new_guest(),
            "promises": [one for row in self.promises if (one := row.promise)],
            "debrief": form.note if "debrief" in form.fields else None,
            **form.closing_values,
        }

    @property
    def context(self) -> dict[str, Any]:
        session = self.session
        following = GroupSession.objects.filter(group=session.group, starts_at__gt=session.starts_at)
        coming = following.scheduled().upcoming().first()
        return {
            "session": session,
            "closing": self.closing,
            "attendance": self.attendance,
            "form": self.form,
            "promises": self.promises,
            "more_promises": self.promises.total_form_count() < MOST_PROMISES,
            "leaders": [leader for leader in leaders_of(session) if leader.user != self.reader],
            "note": self._note(),
            "next": coming,
            "next_leaders": leaders_of(coming) if coming else [],
            "runs_it": self.runs_it,
            "safety_leads": User.objects.active().filter(is_safety_lead=True).exclude(pk=self.reader.pk),
        }

    def _initial(self) -> dict[str, Any]:
        number = {"by": "number", "count": self.session.headcount} if self.session.headcount is not None else {}
        if self.closing is None:
            return number
        kept = kept_words(self.closing, self.session)
        stood = {name: getattr(self.closing, name) for name in ("themes", "talked")}
        stood["wants_talk"] = asks_to_talk(self.reader, self.closing)  # one's own wish, and nobody else's
        return stood | {"win": kept.win, "tool": kept.tool, "seen": self.closing.closed_at.isoformat()} | number

    def _note(self) -> Note | None:
        """One that this person wrote about the session already."""
        if not self.runs_it:
            return None
        return Note.objects.visible_to(self.reader).standing().filter(session=self.session, author=self.reader).first()

    def _people(self) -> list[tuple[str, str, User]]:
        lines: dict[int, RollLine] = {line.user_id: line for line in self.roll if line.user_id and not line.visits}
        accounts = User.objects.active().in_bulk(lines)
        return [
            (str(line.key), line.name, accounts[pk])
            for pk, line in lines.items()
            if pk in accounts and not line.has_left
        ]

    def _owners(self) -> list[tuple[str, str, User]]:
        """Who may see to it: the reader first, those who run the group, the safety leads."""
        seats = Membership.objects.running().filter(group=self.session.group).select_related("user").by_name()
        owners = {seat.user_id: (str(seat.user.public_id), seat.alias, seat.user) for seat in seats}
        for lead in User.objects.active().filter(is_safety_lead=True).order_by("pk"):
            words = _("%(name)s, safety") % {"name": lead.display_name}
            owners.setdefault(lead.pk, (str(lead.public_id), words, lead))
        mine = owners.pop(self.reader.pk, None)
        own = [(mine[0], _("You"), self.reader)] if mine else []
        return own + list(owners.values())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, public_id: str) -> HttpResponse:
    session = visible_session(request, public_id)
    ensure(request.user, "session.lead", session)
    try:
        ensure_begun(session)
    except NotBegun as no:
        return render(request, "sessions/refused.html", {"why": str(no), "session": session}, status=409)
    data = request.POST if request.method == "POST" else None
    if data is not None and "add" in data:
        page = Page(request.user, session, _one_more(data))
        return render(request, "home/close.html", page.context | {"adding": True})
    page = Page(request.user, session, data)
    if data is not None and page.is_valid:
        return _close(request, page)
    return render(request, "home/close.html", page.context, status=422 if data is not None else 200)


def _close(request: SignedInRequest, page: Page) -> HttpResponse:
    try:
        closed = close_session(request.user, session=page.session, **page.values)
    except Refused as no:
        page.form.add_error(None, str(no))
        page.closing = Closing.objects.filter(session=page.session).first()
        return render(request, "home/close.html", page.context, status=409)
    if closed.note_failed:
        page.closing = closed.closing
        return render(request, "home/close.html", page.context | {"note_failed": True}, status=409)
    messages.success(request, _("The session is closed. Thank you"))
    return redirect(page.session if not page.runs_it else "home:today")


def _one_more(data: QueryDict) -> QueryDict:
    """The same page with room for another person to check on. Nothing typed is lost, nothing is saved."""
    more = data.copy()
    total = f"{FORMS}-TOTAL_FORMS"
    sent = data.get(total, "")
    more[total] = str(min(int(sent) if sent.isdigit() and len(sent) < 3 else 1, MOST_PROMISES - 1) + 1)
    return more
