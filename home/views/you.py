"""What we send a person, what people call them, and what we hold: all of it theirs to see and change."""

from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from checkins.models import CheckIn, Rhythm
from checkins.services import reschedule
from groups.errors import NamesTaken
from groups.models import Acceptance, Membership
from groups.services import rename_all
from home.forms import NamesForm
from home.views.opened import opened_about
from notices.models import MailTrouble, Notice
from notices.services import mail_of
from people.forms import PersonForm
from people.http import SignedInRequest, posted, refused_status
from people.models import Consent, User
from people.services import change_person
from people.words import zone_words
from sessions.models import CalendarLink

MANY = 100


class Fact(NamedTuple):
    """One line of the summary: what, how it is now, and where to see or change it."""

    label: str
    value: str
    url: str


@login_required
@require_safe
def you(request: SignedInRequest) -> HttpResponse:
    """The way to everything that is the person's own."""
    rhythm = _rhythm(request.user)
    sections = [
        ("messages", _("Messages"), _("Change"), _messages(request.user, rhythm)),
        ("names", _("Names and how private it looks"), _("Change"), _names(request.user)),
        ("held", _("What we hold"), _("See"), _held(request.user)),
        ("sign-in", _("Signing in"), _("Change"), _signing_in(request.user)),
    ]
    return render(request, "home/you.html", {"sections": sections, "rhythm": rhythm})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: SignedInRequest) -> HttpResponse:
    """What this person is called, their clock, and discreet mode with both its looks."""
    person = request.user
    initial = {name: getattr(person, name) for name in PersonForm.base_fields}
    form = NamesForm(posted(request), seats=_seats(person), initial=initial)
    if form.is_valid():
        try:
            _save_names(person, form)
            messages.success(request, _("Saved."))
            return redirect("home:you")
        except NamesTaken as taken:
            form.say_taken(taken.places, str(taken))
    page = {"form": form, "calendar": _calendar(person)}
    return render(request, "home/you_names.html", page, status=refused_status(form))


@login_required
@require_safe
def data(request: SignedInRequest) -> HttpResponse:
    """Who opened things about this person, what they agreed to, and how long things are kept."""
    page = {
        "opened": opened_about(request.user),
        "shared": CheckIn.objects.shared_by(request.user),
        "consents": Consent.objects.filter(user=request.user).order_by("-given_at"),
        "acceptances": Acceptance.objects.filter(user=request.user).select_related("agreement__group").order_by("-at"),
    }
    return render(request, "home/you_data.html", page)


@transaction.atomic
def _save_names(person: User, form: NamesForm) -> None:
    """All of it or nothing. The names in groups come first: they alone can be refused."""
    rename_all(person, names=form.new_names())
    changes = {name: form.cleaned_data[name] for name in form.changed_data if name in PersonForm.base_fields}
    if changes:
        change_person(person, person=person, **changes)
    if "time_zone" in changes:
        reschedule(person)


def _messages(person: User, rhythm: Rhythm | None) -> list[Fact]:
    quiet = {"start": time_format(person.quiet_from, "TIME_FORMAT"), "end": time_format(person.quiet_to, "TIME_FORMAT")}
    page = reverse("checkins:messages")
    unread = Notice.objects.visible_to(person).unread().how_many(MANY)
    mail = mail_of(person)
    return [
        Fact(_("What we told you"), _new(unread), reverse("notices:list")),
        Fact(_("Check-in"), _check_in(rhythm, by_mail=mail["checkins"] and not person.no_mail), page),
        Fact(_("Quiet hours"), _("Nothing between %(start)s and %(end)s") % quiet, page),
        Fact(_("E-mails"), _mails(person, mail), page),
    ]


def _new(unread: int) -> str:
    if unread >= MANY:
        return _("More than 99 new")
    return ngettext("%(n)s new", "%(n)s new", unread) % {"n": unread} if unread else _("Nothing new")


def _mails(person: User, mail: dict[str, bool]) -> str:
    if person.no_mail:
        return _("None. It all stays in here")
    if MailTrouble.objects.present().filter(user=person).exists():
        return _("They come back from your address")
    return _("About everything") if all(mail.values()) else _("About what you chose")


def _check_in(rhythm: Rhythm | None, *, by_mail: bool) -> str:
    if rhythm is None or not rhythm.on:
        return _("None")
    if rhythm.is_paused:
        if rhythm.paused_until is None:
            return _("Paused until you are back")
        return _("Paused until %(day)s") % {"day": date_format(rhythm.paused_until, "j F")}
    where = _("by e-mail") if by_mail else _("on your home page")
    parts = {"morning": _("%(day)s morning"), "midday": _("%(day)s at midday"), "evening": _("%(day)s evening")}
    day = parts.get(rhythm.part, "%(day)s") % {"day": WEEKDAYS[rhythm.weekday]}
    words = {"often": rhythm.get_every_display(), "day": day, "where": where}
    return _("%(often)s, on a %(day)s, %(where)s") % words


def _names(person: User) -> list[Fact]:
    page = reverse("home:names")
    called = [_("%(name)s in %(group)s") % {"name": seat.alias, "group": seat.group.name} for seat in _seats(person)]
    return [
        Fact(_("Your names"), ". ".join([person.called, *called]), page),
        Fact(_("Time zone"), zone_words(person.time_zone), page),
        Fact(_("Discreet mode"), _("On") if person.discreet else _("Off"), page),
        Fact(_("Calendar link"), _since(_calendar(person)), reverse("sessions:calendar")),
    ]


def _calendar(person: User) -> CalendarLink | None:
    return CalendarLink.objects.visible_to(person).first()


def _since(link: CalendarLink | None) -> str:
    return _("Since %(day)s") % {"day": date_format(link.made_at, "j F Y")} if link else _("None")


def _held(person: User) -> list[Fact]:
    page, opened = reverse("home:data"), len(opened_about(person))
    agreed = Consent.objects.filter(user=person, withdrawn_at=None).count() + person.acceptances.count()
    times = ngettext("%(n)s time", "%(n)s times", opened) % {"n": opened} if opened else _("Nobody so far")
    things = ngettext("%(n)s thing", "%(n)s things", agreed) % {"n": agreed} if agreed else _("Nothing so far")
    return [
        Fact(_("Who opened things about you"), times, f"{page}#who"),
        Fact(_("What you agreed to"), things, f"{page}#yes"),
        Fact(_("How your weeks were"), _("What you answered, for you alone"), reverse("checkins:how-it-was")),
        Fact(_("How long we keep it"), _("Each kind has its own time"), f"{page}#keep"),
    ]


def _signing_in(person: User) -> list[Fact]:
    steps = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    words = {"webauthn": _("Passkey"), "totp": _("App")}
    places = UserSession.objects.filter(user=person).count()
    return [
        Fact(_("E-mail"), _masked(person.email), reverse("account_email")),
        Fact(
            _("Second step"),
            ", ".join(words[kind] for kind in words if kind in steps) or _("Off"),
            reverse("mfa_index"),
        ),
        Fact(
            _("Where you are signed in"),
            ngettext("%(n)s place", "%(n)s places", places) % {"n": places},
            reverse("usersessions_list"),
        ),
        Fact(
            _("Password"), _("Set") if person.has_usable_password() else _("None"), reverse("account_change_password")
        ),
    ]


def _masked(email: str) -> str:
    """Enough to know it by, not enough to read over a shoulder."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…{name[-1:]}@{host}" if len(name) > 2 else f"…@{host}"


def _rhythm(person: User) -> Rhythm | None:
    rhythm = Rhythm.objects.filter(user=person).first()
    if rhythm is not None:
        rhythm.user = person
    return rhythm


def _seats(person: User) -> QuerySet[Membership, Any]:
    return Membership.objects.filter(user=person).belonging().select_related("group").order_by("group__name")
