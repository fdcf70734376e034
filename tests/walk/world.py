"""A small world with one of each role and one of each thing, in which every word is a canary."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from groups.letters import invitation_token
from groups.services.linking import link_token
from notes.services import write_note
from notices.models import Notice
from notices.services import tell
from people.sealed import seal
from sessions.models import Guest, StandIn
from sessions.services import ask_cover, make_calendar_link
from tests import concerns
from tests import factories as make
from tests import pairs as two

ANON, SUSPENDED = "anonymous", "suspended"
MEMBER, OTHER_MEMBER, PAST = "member", "member elsewhere", "past member"
ASKING, NEW, VISITING = "asking to join", "new, no group", "visiting once"
FACILITATOR, OTHER_FACILITATOR, ENDED = "facilitator", "facilitator elsewhere", "ended facilitator"
MENTOR, MENTEE = "mentor", "mentee"
STAND_IN = "stepping in"  # leads one session of the group, and runs another group
ADMIN, SAFETY = "admin", "safety lead"

ROLES = (
    ANON, SUSPENDED, NEW, ASKING, VISITING, MEMBER, OTHER_MEMBER, PAST, FACILITATOR, OTHER_FACILITATOR, ENDED, MENTOR,
    MENTEE, ADMIN, SAFETY, STAND_IN,
)  # fmt: skip
SIGNED_IN = frozenset(ROLES) - {ANON, SUSPENDED}
EVERYONE = frozenset(ROLES)

# Words that must be seen by nobody but those named here, on whatever page.
CANARIES = {
    "canary-request-words": {ASKING, FACILITATOR},
    "canary-talk-words": {ASKING, FACILITATOR},
    "canary-answer-words": {MEMBER, FACILITATOR},
    "canary-own-words": {MEMBER},  # for herself only
    "canary-number": {FACILITATOR},
    "canary-why": {FACILITATOR, SAFETY},  # the safety lead reads them where it has gone on
    "canary-reply-words": {MEMBER, FACILITATOR, SAFETY},
    "canary-note-words": {FACILITATOR},
    "canary-proposal-words": {MEMBER, FACILITATOR},
    "canary-news-words": {MEMBER, FACILITATOR},
    "canary-unsent-news": {FACILITATOR},
    "canary-report-words": {SAFETY},
    "canary-concern-words": {FACILITATOR, SAFETY},
    "canary-concern-draft": {FACILITATOR},
    "canary-door": set(),
    "canary-place": {MEMBER, VISITING, FACILITATOR, STAND_IN, ADMIN},
    "canary-summary-words": {MEMBER, FACILITATOR},
    "canary-draft-words": {FACILITATOR},
    "canary-question": {FACILITATOR},
    "canary-guest": {FACILITATOR},
    "canary-farewell-words": {FACILITATOR},
    "canary-wish-words": {NEW, ADMIN},
    "canary-letter@": {FACILITATOR, ADMIN},
    "canary-mentor-words": {MENTOR, MENTEE},
    "canary-profile-words": {MENTOR},
    "canary-pair-words": {MENTOR, MENTEE},
    "canary-review-shared": {MENTOR, MENTEE},
    "canary-review-own": {MENTOR},
    "canary-alias-mentee": {MENTOR, MENTEE, OTHER_FACILITATOR},
    "canary-alias-member": {MEMBER, FACILITATOR, ADMIN, SAFETY, STAND_IN},
    "canary-alias-silent": {MEMBER, FACILITATOR, ADMIN, SAFETY},  # has no seat in what somebody steps in for
    "canary-alias-asking": {ASKING, FACILITATOR},
    "canary-alias-visiting": {VISITING, FACILITATOR, STAND_IN},
    "canary-email-member@": {MEMBER, ADMIN},
    "canary-email-asking@": {ASKING, ADMIN},
    "canary-draft-group": {ADMIN},
    "canary-unpublished-resource": {ADMIN},
}


@dataclass
class World:
    people: dict[str, Any] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        return self.things[name]


def build() -> World:
    world = World()
    make.OrganisationFactory(confidentiality_limits="If somebody may come to serious harm.")
    _people(world)
    _group(world)
    _sessions(world)
    _checkins(world)
    _rest(world)
    _pairs(world)
    return world


def _people(world):
    for role in SIGNED_IN:
        slug = role.replace(" ", "-").replace(",", "")
        world.people[role] = make.UserFactory(
            email=f"canary-email-{'asking' if role == ASKING else slug}@example.org",
            display_name=f"Own {slug}",
            is_admin=role == ADMIN,
            is_safety_lead=role == SAFETY,
        )
    world.people[SUSPENDED] = make.UserFactory(state="suspended", is_active=False)


def _group(world):
    hidden = {"format": "hybrid", "place": "canary-place", "hides_place": True, "shared_openly": True}
    group = make.GroupFactory(slug="amber-field", name="Evenings", created_by=world.people[ADMIN], **hidden)
    seal(group, "door", "https://meet.example.org/canary-door", owner=group)
    group.save()
    make.AgreementFactory(group=group)
    world.things |= {"group": group, "elsewhere": make.GroupFactory(slug="slow-tide")}
    make.GroupFactory(slug="hidden-hill", name="canary-draft-group", state="draft", opened_at=None)
    _belong(world)
    for membership in group.memberships.all():
        make.AcceptanceFactory(agreement=group.agreement, user=membership.user)


def _belong(world):
    group, elsewhere, people = world.group, world.elsewhere, world.people
    now = timezone.now()
    mine = {"alias": "canary-alias-member", "fit_asked_at": now}
    world.things["membership"] = make.MembershipFactory(group=group, user=people[MEMBER], **mine)
    seat = make.FacilitatorFactory(group=group, user=people[FACILITATOR], alias="Marisol")
    away = make.AwayFactory(seat=seat, starts_on=group.today + timedelta(days=300))
    proposal = make.proposal(group, people[MEMBER], "canary-proposal-words")
    news = make.news(group, people[FACILITATOR], "canary-news-words", told_at=now)
    make.news(group, people[FACILITATOR], "canary-unsent-news")
    report = make.report(people[MEMBER], "canary-report-words", group=group, about=people[FACILITATOR])
    world.things |= {"seat": seat, "away": away, "proposal": proposal, "news": news, "report": report}
    make.FacilitatorFactory(group=group, alias="Tunde")
    make.MembershipFactory(group=group, alias="canary-alias-silent", joined_at=now - timedelta(days=60))
    make.FacilitatorFactory(group=group, user=people[ENDED], alias="Gone", state="left", ended_at=now)
    make.MembershipFactory(group=group, user=people[PAST], alias="Past", state="left", ended_at=now)
    make.MembershipFactory(group=elsewhere, user=people[OTHER_MEMBER], alias="Away")
    make.FacilitatorFactory(group=elsewhere, user=people[OTHER_FACILITATOR], alias="Ann")
    visit = {"state": "visiting", "joined_at": None, "alias": "canary-alias-visiting"}
    world.things["visit"] = make.MembershipFactory(group=group, user=people[VISITING], **visit)
    asking = make.RequestFactory(group=group, user=people[ASKING], alias="canary-alias-asking")
    seal(asking, "words", "canary-request-words", owner=asking.user)
    asking.save()
    world.things["asking"] = asking
    talk = make.WelcomeTalkFactory(membership=asking, offered_by=group.memberships.get(alias="Tunde").user)
    seal(talk, "how", "canary-talk-words", owner=asking.user)
    talk.save()
    make.farewell(group, "canary-farewell-words")


def _sessions(world):
    soon = make.SessionFactory(group=world.group, starts_in=timedelta(minutes=5))
    make.SeatFactory(session=soon, user=world.people[MEMBER])
    make.SeatFactory(session=soon, user=world.people[VISITING])
    world.things |= {"session": soon, "later": make.SessionFactory(group=world.group, starts_in=timedelta(days=8))}
    world.things["series"] = make.SeriesFactory(group=world.group)
    _left_behind(world)
    _hosts(world)
    world.things["calendar"] = make_calendar_link(world.people[MEMBER])


def _hosts(world):
    """Somebody from outside leads what begins now; for what comes later somebody asks who can step in."""
    runs, steps_in = world.people[FACILITATOR], world.people[STAND_IN]
    make.FacilitatorFactory(group=make.GroupFactory(slug="low-lantern"), user=steps_in, alias="Femi")
    StandIn.objects.create(group=world.group, user=steps_in, added_by=runs)
    make.booking(world.session, host=steps_in)
    make.booking(world.later, host=runs)
    world.things |= {"call": ask_cover(runs, session=world.later), "room": make.RoomFactory()}
    helped = make.SessionFactory(group=world.group, starts_in=timedelta(days=9))
    make.booking(helped, host=runs)
    make.booking(helped, host=steps_in, duty="co")
    world.things["helped"] = ask_cover(runs, session=helped)


def _left_behind(world):
    """A session with a summary that is shared, and one whose summary is a draft of somebody else's."""
    lead, group = world.people[FACILITATOR], world.group
    over, drafted = (make.SessionFactory(group=group, starts_in=-timedelta(days=days)) for days in (6, 13))
    for session in (over, drafted):
        marked = {"came": "came", "marked_by": lead, "marked_at": timezone.now()}
        make.SeatFactory(session=session, user=world.people[MEMBER], **marked)
    make.summary(over, lead, "canary-summary-words", shared=True)
    make.summary(drafted, group.memberships.get(alias="Tunde").user, "canary-draft-words")
    guest = Guest.objects.create(group=group, called="canary-guest", regular=True, kept_by=lead)
    world.things |= {"over": over, "drafted": drafted, "guest": guest}


def _checkins(world):
    from people.local_time import local_day, monday

    member = world.people[MEMBER]
    make.RhythmFactory(user=member)
    checkin = make.CheckInFactory(
        user=member,
        week=monday(local_day(timezone.now(), member.zone)),
        group=world.group,
        share="facilitators",
        support="call",
        mood=1,
        state="answered",
        answered_at=timezone.now(),
    )
    make.answer(checkin, "canary-answer-words")
    _keeps_to_herself(member, checkin.week - timedelta(days=7))
    open_ = make.CheckInFactory(user=world.people[OTHER_MEMBER], week=checkin.week)
    world.things |= {"checkin": checkin, "asked": open_}
    world.things["prompt"] = make.PromptFactory(group=world.group, text="canary-question", created_by=member)
    make.DutyFactory(group=world.group, reader=world.people[FACILITATOR])
    _followups(world, member, checkin)
    world.things["quiet"] = _quiet(world)


def _followups(world, member, checkin):
    """One that was asked for, one that nobody has looked at, and one with a hello."""
    followup = make.FollowUpFactory(about=member, group=world.group, checkin=checkin, cause="support")
    seal(followup, "reach", "canary-number", owner=member)
    seal(followup, "why", "canary-why", owner=member)
    followup.save()
    long_ago = timezone.now() - timedelta(hours=9)
    unseen = make.FollowUpFactory(about=member, group=world.group, cause="hard", created_at=long_ago)
    make.EscalationFactory(followup=unseen, planned_at=long_ago, due_at=long_ago, happened_at=long_ago)
    make.HelloConsentFactory(user=member)
    greeted = make.FollowUpFactory(about=member, group=world.group, hello_at=timezone.now())
    world.things |= {"followup": followup, "unseen": unseen, "greeted": greeted}
    world.things["reply"] = make.reply(followup, member, "canary-reply-words")


def _keeps_to_herself(member, week):
    own = make.CheckInFactory(
        user=member, week=week, mood=2, share="me", state="answered", answered_at=timezone.now(), told_at=timezone.now()
    )
    make.answer(own, "canary-own-words")


def _quiet(world):
    """Somebody who was not there three times, and said yes to a hello."""
    seat = make.MembershipFactory(group=world.group, alias="Away three times")
    make.HelloConsentFactory(user=seat.user)
    for days in (5, 12, 19):
        session = make.SessionFactory(group=world.group, starts_in=timedelta(days=-days))
        away = {"came": "away", "marked_by": world.people[FACILITATOR], "marked_at": timezone.now()}
        make.SeatFactory(session=session, user=seat.user, **away)
    return seat


def _rest(world):
    facilitator = world.people[FACILITATOR]
    note = write_note(facilitator, group=world.group, words="canary-note-words", member=world.people[MEMBER])
    letter = make.InvitationFactory(group=world.group, invited_by=world.people[ADMIN])
    world.things |= {
        "note": note,
        "letter": invitation_token(letter),
        "invitation": letter,
        "resource": make.ResourceFactory(slug="harbour-advice"),
        "line": make.CrisisLineFactory(),
        "term": make.TermFactory(),
        "area": make.AreaFactory(),
    }
    about = {"about": world.people[MEMBER], "group": world.group}
    world.things["concern"] = concerns.concern(facilitator, "canary-concern-words", **about)
    world.things["concern_draft"] = concerns.concern(facilitator, "canary-concern-draft", sent=False, **about)
    _ways_in(world)
    ids = {"group": world.group.slug, "membership": str(world.membership.public_id)}
    tell([world.people[MEMBER]], "request.answered", "walk", **ids)
    world.things["notice"] = Notice.objects.get(key="walk")
    make.ResourceFactory(name="canary-unpublished-resource", published=False, checked_on=None, checked_by=None)


def _ways_in(world):
    """What people look for, and how those who run the group bring them in."""
    colleague = world.group.memberships.get(alias="Tunde").user
    wish = make.WishFactory(user=world.people[NEW], kind="suggest")
    seal(wish, "words", "canary-wish-words", owner=wish.user)
    wish.save()
    letter = make.InvitationFactory(group=world.group, invited_by=colleague, email="canary-letter@example.org")
    link = link_token(make.GroupLinkFactory(group=world.group, created_by=colleague))
    world.things |= {"wish": wish, "colleagues_letter": letter, "link": link}


def _pairs(world):
    """A programme that the other facilitator runs, a pair in it, and a question that waits for the mentor."""
    people, today = world.people, timezone.localdate()
    programme = make.GroupFactory(slug="clear-ferry", name="Side by side", kind="programme")
    make.FacilitatorFactory(group=programme, user=people[OTHER_FACILITATOR], alias="Ann")
    half = two.mentor(programme, user=people[MENTOR], alias="Ines", shows="canary-mentor-words")
    other = two.mentee(programme, user=people[MENTEE], alias="canary-alias-mentee")
    asking = two.mentee(programme, alias="Jun", shows="canary-profile-words")
    pair = two.pair(programme, half, other, slug="even-harbour", ends_on=today + timedelta(days=9))
    two.pair_agreement(pair, purpose="canary-pair-words")
    two.review(pair, people[MENTEE], "canary-review-shared", shared=True)
    two.review(pair, people[MENTOR], "canary-review-own")
    question = two.pair(programme, half, asking, slug="late-harbour", state="draft")
    world.things |= {"programme": programme, "pair": pair, "question": question, "mentee": other}
