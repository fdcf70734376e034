"""A row for each topic: what has to be there so that somebody is told of it."""

from datetime import timedelta

from django.utils import timezone

from checkins.models import FollowUp
from groups.models import Membership
from notices.models import Preference
from people.local_time import local_day, monday
from people.models import User
from sessions.models import Closing
from tests import concerns
from tests import factories as make
from tests import pairs as two

CANARY = "canaryword"


def _asked(person, group):
    week = monday(local_day(timezone.now(), person.zone))
    make.ConsentFactory(user=person)
    make.CheckInFactory(user=person, week=week, prompt=CANARY)
    return {"week": week.isoformat()}


def _reminded(person, group):
    ids = _asked(person, group)
    person.checkins.update(state="reminded", reminded_at=timezone.now())
    return ids


def _silent(person, group):
    make.RhythmFactory(user=person, rest_asked_at=timezone.now())
    return {}


def _followup(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    about = make.MembershipFactory(group=group, alias=f"{CANARY} b").user
    return {"followup": str(make.FollowUpFactory(about=about, group=group).public_id)}


def _unseen(person, group):
    """A flagged follow-up that is past its time; the person is a safety lead."""
    ids = _followup(person, group)
    type(person).objects.filter(pk=person.pk).update(is_safety_lead=True)
    person.refresh_from_db()
    long_ago = timezone.now() - timedelta(hours=9)
    make.EscalationFactory(followup=FollowUp.objects.get(), planned_at=long_ago, due_at=long_ago)
    return ids


def _duty(person, group):
    make.DutyFactory(group=group, reader=make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a").user)
    return {"group": group.slug}


def _followup_of_group(person, group):
    """Nobody has seen it."""
    _followup(person, group)
    return {"group": group.slug}


def _no_duty(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    return {"group": group.slug}


def _request(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    return _ids(group, make.RequestFactory(group=group, alias=f"{CANARY} b"))


def _newcomer(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    return _ids(group, make.MembershipFactory(group=group, alias=f"{CANARY} b"))


def _answer(person, group):
    return _ids(group, make.MembershipFactory(group=group, user=person, alias=f"{CANARY} b"))


def _ids(group, membership):
    return {"group": group.slug, "membership": str(membership.public_id)}


def _ending(person, group):
    make.MembershipFactory(group=group, user=person, alias=CANARY)
    group.ends_on = timezone.localdate() + timedelta(days=9)
    group.save()
    return {"group": group.slug, "day": str(group.ends_on)}


def _ended(person, group):
    make.MembershipFactory(group=group, user=person, alias=CANARY)
    return {"group": group.slug}


def _waited(person, group):
    make.RequestFactory(group=group, user=person, alias=CANARY, state="declined", ended_at=timezone.now())
    return {"group": group.slug}


def _seat(person, group):
    make.MembershipFactory(group=group, user=person, alias=CANARY)
    session = make.SessionFactory(group=group, plan=CANARY, starts_in=timedelta(days=3))
    make.SeatFactory(session=session, user=person)
    return {"session": str(session.public_id), "at": session.starts_at.isoformat()}


def _held_seat(person, group):
    ids = _seat(person, group)
    until = timezone.now() + timedelta(hours=20)
    person.seats.update(state="offered", queue=1, offered_until=until)
    return ids | {"until": until.isoformat()}


def _seat_that_went_on(person, group):
    ids = _seat(person, group)
    person.seats.update(state="declined", queue=1, answered_at=None)
    return ids | {"next": True}


def _cancelled(person, group):
    ids = _seat(person, group)
    group.sessions.update(state="cancelled", cancelled_at=timezone.now(), cancelled_by=group.created_by)
    return ids


def _offered(person, group):
    until = timezone.now() + timedelta(days=2)
    held = {"state": "invited", "joined_at": None, "offered_until": until}
    return _ids(group, make.MembershipFactory(group=group, user=person, alias=CANARY, **held))


def _run_out(person, group):
    return _ids(group, make.RequestFactory(group=group, user=person, alias=CANARY)) | {"went": True, "again": True}


def _hello(person, group):
    make.MembershipFactory(group=group, user=person, alias=CANARY)
    make.HelloConsentFactory(user=person)
    keeper = make.FacilitatorFactory(group=group, alias=f"{CANARY} k").user
    followup = make.FollowUpFactory(about=person, group=group, hello_at=timezone.now(), owner=keeper, state="taken")
    make.reply(followup, keeper, CANARY)
    return {"followup": str(followup.public_id)}


def _reply_to_member(person, group):
    return _hello(person, group)


def _reply_to_keeper(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} k")
    about = make.MembershipFactory(group=group, alias=f"{CANARY} m").user
    followup = make.FollowUpFactory(about=about, group=group, owner=person, state="taken")
    make.reply(followup, about, CANARY)
    return {"followup": str(followup.public_id)}


def _asked_fit(person, group):
    seat = make.MembershipFactory(group=group, user=person, alias=CANARY, fit_asked_at=timezone.now())
    return _ids(group, seat)


def _put_out(person, group):
    ended = {"state": "removed", "ended_at": timezone.now(), "ended_why": "absence"}
    return _ids(group, make.MembershipFactory(group=group, user=person, alias=CANARY, **ended))


def _passed_on(person, group):
    person.is_safety_lead = True
    person.save()
    about = make.FacilitatorFactory(group=group, alias=CANARY).user
    return {"report": str(make.report(make.UserFactory(), CANARY, group=group, about=about).public_id)}


def _passed_on_to_nobody(person, group):
    """An admin hears that something waits; those who look after safety are there, and did not read it in time."""
    person.is_admin = True
    person.save()
    make.SafetyLeadFactory(display_name=CANARY)
    long_ago = timezone.now() - timedelta(days=9)
    return {"report": str(make.report(make.UserFactory(), CANARY, group=group, created_at=long_ago).public_id)}


def _looked_at(person, group):
    now, by = timezone.now(), make.AdminFactory()
    closed = {"state": "closed", "closed_at": now, "closed_by": by, "outcome": "talked"}
    return {"report": str(make.report(person, CANARY, group=group, **closed).public_id)}


def _switched_off(person, group):
    Preference.objects.create(user=person, area="news", wanted=False)
    return {"area": "news"}


def _told_news(person, group):
    make.MembershipFactory(group=group, user=person, alias=CANARY)
    author = make.FacilitatorFactory(group=group, alias=f"{CANARY} a").user
    news = make.news(group, author, CANARY, told_at=timezone.now())
    return {"group": group.slug, "news": str(news.public_id)}


def _wish(person, group):
    wish = make.WishFactory(user=person, kind="suggest", suggestion=group)
    return {"wish": str(wish.public_id)}


def _wish_over(person, group):
    return {"wish": str(make.WishFactory(user=person, ended_at=timezone.now()).public_id)}


def _visited(person, group):
    seat = {"state": "visited", "joined_at": None, "ended_at": timezone.now(), "alias": f"{CANARY} b"}
    return _ids(group, make.MembershipFactory(group=group, user=person, **seat))


def _talk(person, group):
    asked = make.RequestFactory(group=group, user=person, alias=f"{CANARY} b")
    make.WelcomeTalkFactory(membership=asked)
    return _ids(group, asked)


def _talk_answer(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    asked = make.RequestFactory(group=group, alias=f"{CANARY} b")
    make.WelcomeTalkFactory(membership=asked, state="agreed")
    return _ids(group, asked)


def _pair(person, group):
    programme = make.GroupFactory(kind="programme")
    one, other = make.MembershipFactory(group=programme), make.MembershipFactory(group=programme, user=person)
    made = two.pair(programme, one, other, ends_on=timezone.localdate() + timedelta(days=20))
    return {"group": made.slug, "day": str(made.ends_on)}


def _pair_asked(person, group):
    programme = make.GroupFactory(kind="programme")
    one, other = make.MembershipFactory(group=programme), make.MembershipFactory(group=programme, user=person)
    return {"group": two.pair(programme, one, other, state="draft").slug}


def _pair_ended(person, group):
    ids = _pair(person, group)
    Membership.objects.filter(user=person, group__slug=ids["group"]).update(state="left", ended_at=timezone.now())
    return ids


def _coordinator(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    return {"group": group.slug}


def _closing(person, group):
    User.objects.filter(pk=person.pk).update(is_safety_lead=True)
    person.is_safety_lead = True
    host = make.FacilitatorFactory(group=group, alias=f"{CANARY} a").user
    session = make.SessionFactory(group=group, plan=CANARY, starts_in=timedelta(hours=-3))
    return {"closing": str(Closing.objects.create(session=session, closed_by=host, wants_talk=True).public_id)}


def _led(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    session = make.SessionFactory(group=group, plan=CANARY, starts_in=timedelta(days=3))
    make.booking(session, host=person)
    return {"session": str(session.public_id), "at": session.starts_at.isoformat()}


def _left_open(person, group):
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    session = make.SessionFactory(group=group, plan=CANARY, starts_in=-timedelta(days=3))
    return {"session": str(session.public_id), "at": session.starts_at.isoformat()}


def _call(person, group):
    """Somebody else cannot lead it."""
    make.FacilitatorFactory(group=group, user=person, alias=f"{CANARY} a")
    session = make.SessionFactory(group=group, plan=CANARY, starts_in=timedelta(days=3))
    asker = make.FacilitatorFactory(group=group, alias=f"{CANARY} b").user
    make.booking(session, host=asker)
    until = session.starts_at - timedelta(hours=3)
    call = session.cover_calls.create(duty="lead", asked_by=asker, until=until)
    ids = {"session": str(session.public_id), "at": session.starts_at.isoformat()}
    return ids | {"call": str(call.public_id)}


def _listed(person, group):
    make.FacilitatorFactory(user=person, alias=f"{CANARY} a")
    group.stand_ins.create(user=person, added_by=group.created_by)
    return {"group": group.slug}


def _alarm(person, group):
    type(person).objects.filter(pk=person.pk).update(is_admin=True)
    person.refresh_from_db()
    session = make.SessionFactory(group=group, plan=CANARY, starts_in=timedelta(minutes=5))
    return {"session": str(session.public_id), "at": session.starts_at.isoformat()}


TOPICS = {
    "host.booked": _led,
    "cover.asked": _call,
    "cover.taken": _call,
    "cover.alone": _call,
    "cover.nobody": _call,
    "room.retired": _led,
    "standin.added": _listed,
    "session.alarm": _alarm,
    "host.talk": _closing,
    "mentor.wanted": _coordinator,
    "pair.agreed": _pair,
    "pair.agreement": _pair,
    "pair.begun": _pair,
    "pair.ended": _pair_ended,
    "pair.ending": _pair,
    "news.written": _told_news,
    "mail.ended": _switched_off,
    "concern.sent": lambda person, group: concerns.sent_to(person, group, CANARY),
    "concern.added": lambda person, group: concerns.sent_to(person, group, CANARY),
    "concern.left": lambda person, group: concerns.sent_to(person, group, CANARY),
    "concern.still": lambda person, group: concerns.sent_to(person, group, CANARY),
    "concern.waits": lambda person, group: concerns.unread_by_anybody(person, group, CANARY),
    "concern.seen": lambda person, group: concerns.seen_of(person, group, CANARY),
    "report.made": _passed_on,
    "report.left": _passed_on,
    "report.still": _passed_on,
    "report.waits": _passed_on_to_nobody,
    "report.closed": _looked_at,
    "pair.proposed": _pair_asked,
    "talk.answered": _talk_answer,
    "talk.offered": _talk,
    "visit.over": _visited,
    "group.fits": _wish,
    "wish.answered": _wish,
    "wish.ended": _wish_over,
    "fit.asked": _asked_fit,
    "membership.ended": _put_out,
    "pause.over": _answer,
    "place.offered": _offered,
    "place.run_out": _run_out,
    "group.ended": _ended,
    "group.ending": _ending,
    "request.ended": _waited,
    "checkin.ask": _asked,
    "checkin.remind": _reminded,
    "checkin.rest": _silent,
    "duty.empty": _no_duty,
    "duty.waits": _followup_of_group,
    "duty.given": _duty,
    "followup.late": _followup,
    "followup.opened": _followup,
    "followup.urgent": _followup,
    "followup.waits": _unseen,
    "hello.missed": _hello,
    "reply.to_keeper": _reply_to_keeper,
    "reply.to_member": _reply_to_member,
    "request.made": _request,
    "somebody.came": _newcomer,
    "request.answered": _answer,
    "seat.free": _held_seat,
    "seat.went-on": _seat_that_went_on,
    "session.back": _seat,
    "session.cancelled": _cancelled,
    "session.left-open": _left_open,
    "session.moved": _seat,
    "session.place": _seat,
    "session.soon": _seat,
    "session.tomorrow": _seat,
}
