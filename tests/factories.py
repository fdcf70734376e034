"""Small, whole, unsurprising things to test with. Each app's section stands under its name."""

from datetime import date, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from checkins.models import Answer, CheckIn, Duty, Escalation, FollowUp, Prompt, Reply, Rhythm
from groups.models import (
    Acceptance,
    Agreement,
    Announcement,
    Area,
    Away,
    Farewell,
    Group,
    GroupLink,
    Invitation,
    Membership,
    Proposal,
    Term,
    WelcomeTalk,
    Wish,
)
from notes.models import Note, Report
from notices.models import Delivery, Notice
from people.models import Consent, Organisation, User
from people.reader import as_reader
from people.sealed import seal
from resources.models import CrisisLine, Resource
from sessions.models import Booking, GroupSession, Room, Seat, Series, Summary


# -- people -----------------------------------------------------------------------------------
class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("id",)

    id = 1
    name = "Harbour Lane Community Network"
    sender = "Harbour Lane"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    display_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class AdminFactory(UserFactory):
    is_admin = True


class SafetyLeadFactory(UserFactory):
    is_safety_lead = True


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    user = factory.SubFactory(UserFactory)
    purpose = "checkins"
    version = "1"


# -- notices ----------------------------------------------------------------------------------
class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    topic = "test"
    key = factory.Sequence(lambda n: f"key {n}")


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    notice = factory.SubFactory(NoticeFactory)


# -- groups -----------------------------------------------------------------------------------
class GroupFactory(DjangoModelFactory):
    """An open, listed circle with an agreement nobody has to have affirmed unless `agreement` is made."""

    class Meta:
        model = Group

    slug = factory.Sequence(lambda n: f"quiet-river-{n}")
    name = factory.Sequence(lambda n: f"Group {n}")
    purpose = "For anyone whose worry gets loud at night."
    state = "open"
    opened_at = factory.LazyFunction(timezone.now)
    archived_at = factory.LazyAttribute(lambda group: timezone.now() if group.state == "archived" else None)
    capacity = 10
    created_by = factory.SubFactory(AdminFactory)


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = Agreement

    group = factory.SubFactory(GroupFactory)
    version = 1
    sections = [{"promise": "What is said here stays here.", "meaning": "Also who was here."}]
    published_by = factory.SubFactory(UserFactory)


class AcceptanceFactory(DjangoModelFactory):
    class Meta:
        model = Acceptance

    agreement = factory.SubFactory(AgreementFactory)
    user = factory.SubFactory(UserFactory)


class MembershipFactory(DjangoModelFactory):
    """Somebody who belongs. `MembershipFactory(state="requested", joined_at=None)` asks."""

    class Meta:
        model = Membership

    group = factory.SubFactory(GroupFactory)
    user = factory.SubFactory(UserFactory)
    state = "active"
    alias = factory.Sequence(lambda n: f"Alias {n}")
    joined_at = factory.LazyFunction(timezone.now)


class FacilitatorFactory(MembershipFactory):
    role = "facilitator"


class RequestFactory(MembershipFactory):
    state = "requested"
    joined_at = None


class WelcomeTalkFactory(DjangoModelFactory):
    class Meta:
        model = WelcomeTalk

    membership = factory.SubFactory(RequestFactory)
    at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
    offered_by = factory.SubFactory(UserFactory)


class WaitingFactory(MembershipFactory):
    """In line for a place, behind everybody made before."""

    state = "waitlisted"
    joined_at = None
    queued_at = factory.LazyFunction(timezone.now)


class OfferFactory(WaitingFactory):
    """A free place is held for this person, for two days."""

    state = "invited"
    offered_until = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))


def farewell(group, words, month=date(2026, 1, 1), signed=""):
    """Words that somebody left, some months ago."""
    row = Farewell(group=group, month=month, signed=signed)
    seal(row, "words", words, owner=group)
    row.save()
    return row


class AwayFactory(DjangoModelFactory):
    """Somebody who runs a group is not there, from today until they say."""

    class Meta:
        model = Away

    seat = factory.SubFactory(FacilitatorFactory)
    starts_on = factory.LazyFunction(timezone.localdate)


def proposal(group, user, words, **fields):
    """A change somebody proposes, with its words sealed."""
    row = Proposal(group=group, user=user, **fields)
    seal(row, "words", words, owner=user)
    row.save()
    return row


def report(reporter, words, **where):
    """Something that somebody says is not right, with its words sealed."""
    row = Report(reporter=reporter, **where)
    seal(row, "words", words, owner=row)
    row.save()
    return row


def news(group, author, words, **fields):
    """Something everybody in a group was told, or will be in five minutes, with its words sealed."""
    fields = {"people": 3, "goes_at": timezone.now() + timedelta(minutes=5)} | fields
    row = Announcement(group=group, author=author, **fields)
    seal(row, "words", words, owner=group)
    row.save()
    return row


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"guest{n}@example.org")
    invited_by = factory.SubFactory(AdminFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class TermFactory(DjangoModelFactory):
    class Meta:
        model = Term

    kind = "topic"
    name = factory.Sequence(lambda n: f"Topic {n}")


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Area {n}")


class WishFactory(DjangoModelFactory):
    class Meta:
        model = Wish

    user = factory.SubFactory(UserFactory)
    kind = "wait"


class GroupLinkFactory(DjangoModelFactory):
    """A link that works for 30 days, made by somebody who runs the group."""

    class Meta:
        model = GroupLink

    group = factory.SubFactory(GroupFactory)
    created_by = factory.LazyAttribute(lambda link: FacilitatorFactory(group=link.group).user)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


# -- sessions ---------------------------------------------------------------------------------
class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series

    group = factory.SubFactory(GroupFactory)
    starts_on = date(2027, 1, 5)
    starts_at = time(19)
    minutes = 75
    time_zone = "Europe/London"
    created_by = factory.SubFactory(UserFactory)


class SessionFactory(DjangoModelFactory):
    """One single session, tomorrow at this hour unless told otherwise: `SessionFactory(starts_in=timedelta(...))`."""

    class Meta:
        model = GroupSession

    class Params:
        starts_in = timedelta(days=1)

    group = factory.SubFactory(GroupFactory)
    time_zone = "Europe/London"
    minutes = 75
    capacity = 10
    starts_at = factory.LazyAttribute(lambda o: timezone.now() + o.starts_in)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=o.minutes))
    local_date = factory.LazyAttribute(lambda o: o.starts_at.date())
    local_time = factory.LazyAttribute(lambda o: o.starts_at.time())


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(UserFactory)
    state = "going"


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    name = factory.Sequence(lambda n: f"Room {n}")
    capacity = 12


def booking(session, *, host=None, room=None, duty="lead"):
    """One host or one room for a session, at its times."""
    duty = duty if host else ""
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at, "live": session.state != "cancelled"}
    return Booking.objects.create(session=session, host=host, room=room, duty=duty, **times)


def summary(session, writer, about, *, shared=False):
    """What a session keeps of itself."""
    row = Summary(session=session, written_by=writer, shared_at=timezone.now() if shared else None)
    seal(row, "words", about, owner=session)
    row.save()
    return row


# -- checkins ---------------------------------------------------------------------------------
class RhythmFactory(DjangoModelFactory):
    class Meta:
        model = Rhythm

    user = factory.SubFactory(UserFactory)
    next_at = factory.LazyFunction(timezone.now)


class PromptFactory(DjangoModelFactory):
    class Meta:
        model = Prompt

    text = factory.Sequence("How has it been, for the {}. time?".format)
    created_by = factory.SubFactory(UserFactory)


class CheckInFactory(DjangoModelFactory):
    class Meta:
        model = CheckIn

    user = factory.SubFactory(UserFactory)
    week = date(2026, 11, 16)
    prompt = "How are you doing?"


def answer(checkin, words):
    """Words sealed under a check-in, written as its own person."""
    row = Answer(checkin=checkin)
    seal(row, "words", words, owner=checkin.user)
    with as_reader(checkin.user):
        row.save()
    return row


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = FollowUp

    about = factory.SubFactory(UserFactory)
    group = factory.SubFactory(GroupFactory)
    cause = "hand"
    key = factory.Sequence(lambda n: f"hand {n}")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


def reply(followup, author, words):
    """Words in a follow-up, as their author writes them."""
    row = Reply(followup=followup, author=author)
    seal(row, "words", words, owner=followup.about)
    with as_reader(author):
        row.save()
    return row


class EscalationFactory(DjangoModelFactory):
    class Meta:
        model = Escalation

    followup = factory.SubFactory(FollowUpFactory, cause="hard")
    step = 1
    due_at = factory.LazyFunction(timezone.now)


class DutyFactory(DjangoModelFactory):
    class Meta:
        model = Duty

    group = factory.SubFactory(GroupFactory)
    reader = factory.SubFactory(UserFactory)
    days = factory.LazyFunction(lambda: [0, 1, 2, 3])
    opens = time(10)
    closes = time(16)
    set_by = factory.SelfAttribute("reader")


# -- resources --------------------------------------------------------------------------------
class ResourceFactory(DjangoModelFactory):
    class Meta:
        model = Resource

    slug = factory.Sequence(lambda n: f"place-{n}")
    name = factory.Sequence(lambda n: f"Place {n}")
    what_for = "Somebody to talk to about money."
    phone = "0113 496 0000"
    published = True
    checked_on = factory.LazyFunction(timezone.localdate)
    checked_by = factory.SubFactory(AdminFactory)


class CrisisLineFactory(DjangoModelFactory):
    class Meta:
        model = CrisisLine

    name = "Samaritans"
    number = "116 123"
    words = "Samaritans. Free, at any hour"
    confirmed_at = factory.LazyFunction(timezone.now)
    confirmed_by = factory.SubFactory(AdminFactory)


# -- notes ------------------------------------------------------------------------------------
class NoteFactory(DjangoModelFactory):
    """That there is a note. Its words are written through `notes.services.write_note`."""

    class Meta:
        model = Note

    group = factory.SubFactory(GroupFactory)
    author = factory.SubFactory(UserFactory)
    retain_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))
