"""Questions about groups and who belongs to them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from groups.beside import BELONGING, HOLDS_A_PLACE, BesideQuerySet

if TYPE_CHECKING:
    from groups.models import Announcement, Away, Farewell, Group, GroupLink, Invitation, Membership, Proposal, Wish
    from people.models import User

COMING = (*BELONGING, "visiting")
OPEN = ("requested", "invited", "waitlisted", "visiting", "active", "paused", "blocked")
ENDED = ("declined", "left", "removed", "lapsed", "visited")
ANNOUNCED_BEFORE = timedelta(days=7)  # from then on people of a group read that somebody takes time off


class GroupQuerySet(BesideQuerySet, models.QuerySet["Group"]):
    """Groups, as somebody may see them."""

    def visible_to(self, user: Any) -> "GroupQuerySet":
        """Listed open groups are everybody's; others show to admins and their own people, a pair to its two alone."""
        public = Q(listed=True, state="open")
        if not user.is_authenticated:
            return self.filter(public)
        own = Exists(self._memberships(user, state__in=OPEN).exclude(state="blocked"))
        if user.is_admin:
            return self.filter(~Q(kind="pair") | own)
        return self.filter(public | own)

    def run_by(self, user: "User") -> "GroupQuerySet":
        return self.filter(Exists(self._memberships(user, state="active", role="facilitator")))

    def of(self, user: "User") -> "GroupQuerySet":
        return self.filter(Exists(self._memberships(user, state__in=BELONGING)))

    def beyond_pairs(self) -> "GroupQuerySet":
        return self.exclude(kind="pair")

    def pairs_of(self, user: "User") -> "GroupQuerySet":
        """Pairs in which this person is, was, or was asked to be one of the two. Nobody else sees a pair (R70)."""
        return self.filter(Exists(self._memberships(user)), kind="pair").select_related("parent")

    def programmes_of(self, user: "User") -> "GroupQuerySet":
        """Open mentoring programmes in which this person is a mentor or looks for one."""
        return self.filter(
            Exists(self._memberships(user, state__in=BELONGING, role__in=["member", "mentor"])),
            kind="programme",
            state="open",
        )

    def come_to_by(self, user: "User") -> "GroupQuerySet":
        """Groups whose sessions are open to this person: they belong, or come once to see."""
        return self.filter(Exists(self._memberships(user, state__in=COMING)))

    def bringing_people_in(self, user: "User") -> "GroupQuerySet":
        """Groups into which this person asks others: those they run, but for pairs."""
        return self.run_by(user).exclude(kind="pair").exclude(state="archived")

    def listed(self) -> "GroupQuerySet":
        return self.filter(listed=True, state="open")

    def changed_by(self, user: "User") -> "GroupQuerySet":
        """Groups whose settings this person may change: all for admins, else those they run."""
        groups = self.exclude(kind="pair")  # two people keep what they agreed to on a page of their own
        return groups if user.is_admin else groups.run_by(user)

    def with_room(self) -> "GroupQuerySet":
        """Groups that take somebody new today. Needs `with_counts()`."""
        return self.taking_people().filter(Q(capacity=None) | Q(taken__lt=F("capacity")))

    def taking_people(self) -> "GroupQuerySet":
        """Groups that somebody who is not invited may ask today; `Group.takes_requests` in SQL."""
        shuts = Q(kind="cohort") | Q(intake="closed")
        return self.filter(
            Q(starts_on__gt=timezone.localdate()) | ~shuts, state="open", intake__in=["open", "request", "closed"]
        ).exclude(kind="pair")

    def past_their_end(self) -> "GroupQuerySet":
        """Open groups whose last day may be over somewhere; each group's own clock decides."""
        return self.filter(state="open", ends_on__lte=timezone.now().date())

    def ending_by(self, day: date) -> "GroupQuerySet":
        """Open groups that end on or before this day; pairs look back in a way of their own."""
        return self.filter(state="open", ends_on__lte=day).exclude(kind="pair")

    def to_suggest(self, instead_of: "Group") -> "GroupQuerySet":
        """What somebody could be told about who is not let in to `instead_of`."""
        return self.listed().taking_people().exclude(pk=instead_of.pk).by_name()

    def like(self, group: "Group") -> "GroupQuerySet":
        """Groups that share a word or the area with this one, and have room. Adds `taken`."""
        shares = Q(terms__in=group.terms.all()) | Q(area=group.area_id, area__isnull=False)
        alike = self.model._default_manager.filter(shares).values("pk")
        return self.to_suggest(group).filter(pk__in=alike).with_counts().with_room()

    def by_name(self) -> "GroupQuerySet":
        return self.order_by(models.functions.Lower("name"), "pk")

    def awaiting_yes_of(self, user: "User") -> "GroupQuerySet":
        """Groups this person comes to, whose agreement as it is now they have not said yes to (R16)."""
        return self.come_to_by(user).exclude(state="archived").with_yes_of(user).filter(Q(said_yes=False))

    def to_review(self) -> "GroupQuerySet":
        """Groups whose agreement was to be looked at again by now (R21)."""
        return self.exclude(state="archived").with_review().filter(Q(review_on__lte=timezone.localdate()))


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who belongs where, and how."""

    def visible_to(self, user: "User") -> "MembershipQuerySet":
        """Your own, and those of groups you run. Admins see who belongs where, not what was written."""
        if user.is_admin:
            return self
        return self.filter(Q(user=user) | Q(group__in=self.model._groups_run_by(user)))

    def decided_by(self, user: "User") -> "MembershipQuerySet":
        """Requests that this person answers: those to groups they run, never their own."""
        return self.filter(group__in=self.model._groups_run_by(user)).exclude(user=user)

    def open(self) -> "MembershipQuerySet":
        return self.filter(state__in=OPEN)

    def belonging(self) -> "MembershipQuerySet":
        return self.filter(state__in=BELONGING)

    def coming(self) -> "MembershipQuerySet":
        """Those to whom sessions are open: who belong, and who come once to see."""
        return self.filter(state__in=COMING)

    def holding_places(self) -> "MembershipQuerySet":
        """Those who count against the capacity: members, and people to whom a free place is offered."""
        return self.filter(HOLDS_A_PLACE)

    def offered(self) -> "MembershipQuerySet":
        return self.filter(state="invited", offered_until__isnull=False)

    def requested(self) -> "MembershipQuerySet":
        return self.filter(state="requested")

    def at_the_door(self) -> "MembershipQuerySet":
        """Those who do not belong yet and would like to: asking, in line, invited, or coming once to see."""
        return self.filter(state__in=["requested", "waitlisted", "invited", "visiting"])

    def of_living_groups(self) -> "MembershipQuerySet":
        """Without those of groups that have ended: people read on there, and nothing happens any more."""
        return self.exclude(group__state="archived")

    def members(self) -> "MembershipQuerySet":
        return self.belonging().filter(role="member")

    def facilitators(self) -> "MembershipQuerySet":
        return self.filter(state="active", role="facilitator")

    def facilitated_by(self, user: "User") -> "MembershipQuerySet":
        return self.facilitators().filter(user=user)

    def running(self) -> "MembershipQuerySet":
        """Facilitators who can sign in: a group is never left without one of them."""
        return self.facilitators().filter(user__is_active=True)

    def there_on(self, day: date) -> "MembershipQuerySet":
        """Those who have not said that they are away on this day."""
        away: Any = self.model._meta.get_field("aways").related_model
        return self.exclude(Exists(away._default_manager.on(day).filter(seat=OuterRef("pk"))))

    def beyond_pairs(self) -> "MembershipQuerySet":
        """Being one of two is no office: it opens no facilitator's page (design section 8)."""
        return self.exclude(group__kind="pair")

    def mentors(self) -> "MembershipQuerySet":
        return self.filter(state="active", role="mentor")

    def looking_for_mentor(self) -> "MembershipQuerySet":
        """Members of a programme who have no pair in it and none proposed, those who asked first at the top."""
        paired = self.model._default_manager.filter(
            group__parent=OuterRef("group"), user=OuterRef("user"), role="member", state__in=["invited", *BELONGING]
        )
        free = self.filter(
            ~Exists(paired), state="active", role="member", group__kind="programme", user__is_active=True
        )
        return free.order_by(F("mentor_wanted_at").asc(nulls_last=True), "pk")

    def with_pairs(self) -> "MembershipQuerySet":
        """Adds `pairs`: how many this mentor has in the programme or is asked for."""
        theirs = self.model._default_manager.filter(
            group__parent=OuterRef("group"),
            user=OuterRef("user"),
            role="facilitator",
            state__in=["invited", *BELONGING],
        )
        counted = theirs.order_by().values("user").annotate(n=models.Count("pk")).values("n")
        return self.annotate(pairs=Coalesce(Subquery(counted), 0)).select_related("profile")

    def free_mentors(self) -> "MembershipQuerySet":
        """Mentors who take somebody new: open, with room. Needs `with_pairs()`."""
        has_room = Q(pairs__lt=F("profile__at_most"))
        return self.mentors().filter(has_room, profile__is_open=True, user__is_active=True)

    def never_with(self, user: "User") -> "MembershipQuerySet":
        """Mentors whom this person has not been asked about before: whoever said no is not asked again and again."""
        over = self.model._default_manager.filter(group__kind="pair", group__state="archived")
        theirs = over.filter(user=user, role="member").values("group")
        mentored = over.filter(user=OuterRef("user"), role="facilitator", group__parent=OuterRef("group"))
        shared = mentored.filter(group__in=theirs)
        return self.exclude(user=user).exclude(Exists(shared))

    def by_name(self) -> "MembershipQuerySet":
        return self.order_by(models.functions.Lower("alias"), "pk")

    def asked_fit(self) -> "MembershipQuerySet":
        """Of people who were asked whether the group fits, and have not said."""
        return self.filter(state="active", fit_asked_at__isnull=False, fit="")

    def put_out(self) -> "MembershipQuerySet":
        """Of people whose place somebody who runs the group has ended."""
        return self.filter(state__in=["removed", "blocked"])

    def parted(self) -> "MembershipQuerySet":
        """Of people who belonged, or came once, and do not any more, or who are kept out."""
        return self.filter(Q(state="left", joined_at__isnull=False) | Q(state__in=["removed", "blocked"]))

    def of_member(self, user: "User") -> "MembershipQuerySet":
        """Places somebody could give up for another group: those of a member, in groups that are no pair."""
        return self.members().filter(user=user, group__state="open").exclude(group__kind="pair")

    def in_line(self) -> "MembershipQuerySet":
        return self.filter(state="waitlisted").order_by(F("queued_at"), "pk")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Letters to people who may have no account yet."""

    def visible_to(self, user: "User") -> "InvitationQuerySet":
        return self if user.is_admin else self.filter(invited_by=user)

    def kept_by(self, user: "User", group: "Group") -> "InvitationQuerySet":
        """Letters to coming members of this group. Those of admins are not shown to those who run it."""
        letters = self.filter(group=group, role="member")
        return letters if user.is_admin else letters.filter(invited_by__is_admin=False)

    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, revoked_at=None)


class FarewellQuerySet(models.QuerySet["Farewell"]):
    """What people said on leaving."""

    def readable_in(self, group: "Group") -> "FarewellQuerySet":
        """With a name at once; without one only when the month is over, so that no day tells who it was (R38)."""
        return self.filter(~Q(signed="") | Q(month__lt=group.today.replace(day=1)), group=group)


class GroupLinkQuerySet(models.QuerySet["GroupLink"]):
    """Links that people pass on."""

    def standing(self) -> "GroupLinkQuerySet":
        """Not taken back, whether or not their time is over."""
        return self.filter(revoked_at=None)


class AwayQuerySet(models.QuerySet["Away"]):
    """When people who run groups are not there."""

    def on(self, day: date) -> "AwayQuerySet":
        """Those who are away on this day."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: date) -> "AwayQuerySet":
        """Those that hold on this day or begin later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), ended_at=None)

    def announced(self, day: date) -> "AwayQuerySet":
        """Those that hold on this day or begin within a week of it."""
        return self.touching(day, day + ANNOUNCED_BEFORE)

    def covered_by(self, user: "User") -> "AwayQuerySet":
        """Those in which this person stands in, in a group that they run."""
        return self.filter(cover__user=user, cover__state="active", cover__role="facilitator")

    def visible_to(self, user: "User") -> "AwayQuerySet":
        """Of people who run a group that this person belongs to."""
        mine = self.model._groups_of(user)
        return self.filter(seat__group__in=mine)

    def of_those_who_run(self) -> "AwayQuerySet":
        """Of those who still run the group, with who stands in, soonest first."""
        rows = self.filter(seat__state="active", seat__role="facilitator")
        return rows.select_related("seat__group", "cover").order_by("starts_on", "pk")

    def touching(self, first: date, last: date | None) -> "AwayQuerySet":
        """Those that share a day with the days from `first` to `last`, None for no end."""
        meets = self.not_over(first)
        return meets.filter(starts_on__lte=last) if last else meets


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """What people would change about their group's agreement."""

    def visible_to(self, user: "User") -> "ProposalQuerySet":
        """One's own; what was shown to a group one belongs to; all of a group that one runs."""
        own, shown = Q(user=user), Q(state="shown", group__in=self.model._groups_of(user))
        return self.filter(own | shown | Q(group__in=self.model._groups_run_by(user)))

    def answered_by(self, user: "User") -> "ProposalQuerySet":
        """Those of groups that this person runs."""
        return self.filter(group__in=self.model._groups_run_by(user))

    def open(self) -> "ProposalQuerySet":
        return self.filter(state="open")

    def shown(self) -> "ProposalQuerySet":
        return self.filter(state="shown")

    def in_no_order(self) -> "ProposalQuerySet":
        """By an id that chance gave: an order of time would help to guess whose they are (R21)."""
        return self.order_by("public_id")


class WishQuerySet(models.QuerySet["Wish"]):
    """What people look for and did not find."""

    def visible_to(self, user: "User") -> "WishQuerySet":
        """Your own; admins answer everybody's."""
        return self if user.is_admin else self.filter(user=user)

    def open(self) -> "WishQuerySet":
        return self.filter(answered_at=None, ended_at=None)

    def waiting(self) -> "WishQuerySet":
        """Those who want to hear when something opens, and have not yet."""
        return self.open().filter(kind="wait", told_at=None, user__is_active=True)

    def unanswered(self) -> "WishQuerySet":
        """Those to whom the organisation has promised an answer."""
        return self.open().filter(kind__in=["suggest", "start"], user__is_active=True)

    def fitting(self, group: "Group") -> "WishQuerySet":
        """Wishes that this group answers: its topic, its way of meeting, and its area where people go there."""
        area, way = Q(area=None) | Q(area=group.area_id), Q(format__in=["", "hybrid", group.format])
        if group.format == "hybrid":
            way = Q()
        if group.format != "in_person":
            area |= ~Q(format="in_person")  # online it matters to nobody where a group is
        return self.filter(Q(term=None) | Q(term__in=group.terms.all()), area, way)


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """News for everybody in a group."""

    def visible_to(self, user: "User") -> "AnnouncementQuerySet":
        """What people of the group were told; those who run it see also what still waits or was taken back."""
        told = Q(told_at__isnull=False, group__in=self.model._groups_of(user))
        return self.filter(told | Q(group__in=self.model._groups_run_by(user)))

    def due(self) -> "AnnouncementQuerySet":
        return self.filter(told_at=None, taken_back_at=None, goes_at__lte=timezone.now())
