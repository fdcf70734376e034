"""What a question about groups can add beside each of them: counts, what somebody said yes to, what is to be done."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from groups.finding import FindingQuerySet

if TYPE_CHECKING:
    from groups.models import Group
    from people.models import User

BELONGING = ("active", "paused")
HOLDS_A_PLACE = Q(role="member") & (Q(state__in=BELONGING) | Q(state="invited", offered_until__isnull=False))


class BesideQuerySet(FindingQuerySet, models.QuerySet["Group"]):
    """Groups with something beside them. Each `with_…` says what it adds."""

    def with_counts(self) -> Self:
        """Adds `taken`: places that members hold or that are offered to somebody. Facilitators are not counted."""
        membership = self.model._meta.get_field("memberships").related_model
        held = membership._default_manager.filter(HOLDS_A_PLACE, group=OuterRef("pk")).order_by()
        counted = held.values("group").annotate(n=models.Count("pk")).values("n")
        return self.annotate(taken=Coalesce(Subquery(counted), 0))

    def with_requests(self) -> Self:
        """Adds `asking`: how many requests wait for an answer."""
        waits = Q(memberships__state="requested")
        return self.annotate(asking=models.Count("memberships", filter=waits))

    def with_facilitators(self) -> Self:
        """Adds `facilitators`: how many people run it."""
        runs = Q(memberships__state="active", memberships__role="facilitator")
        return self.annotate(facilitators=models.Count("memberships", filter=runs))

    def with_yes_of(self, user: "User") -> Self:
        """Adds `said_yes` to the agreement that holds now; None where there is none."""
        said_yes = self._model_of("agreements", "acceptances")._default_manager.filter(
            agreement=OuterRef("pk"), user=user
        )
        current = self._agreements().annotate(said_yes=Exists(said_yes)).values("said_yes")[:1]
        return self.annotate(said_yes=Subquery(current))

    def with_review(self) -> Self:
        """Adds `review_on` and `agreement_version` of the agreement that holds now."""
        current = self._agreements()
        return self.annotate(
            review_on=Subquery(current.values("review_on")[:1]),
            agreement_version=Subquery(current.values("version")[:1]),
        )

    def with_unread_proposals(self) -> Self:
        """Adds `unread`: how many proposed changes nobody has answered."""
        waits = Q(proposals__state="open")
        return self.annotate(unread=models.Count("proposals", filter=waits))

    def with_ties(self) -> Self:
        """Adds `know_each_other` to pairs: whether one of the two runs another group in which the other is (R75)."""
        seats: Any = self._model_of("memberships")._default_manager
        pair = OuterRef(OuterRef(OuterRef("pk")))
        beside = seats.belonging().filter(group=OuterRef("group"), user__memberships__group=pair)
        runs = seats.facilitators().filter(Exists(beside.exclude(user=OuterRef("user"))), user=OuterRef("user"))
        runs = runs.of_living_groups().exclude(group__kind__in=["pair", "programme"])
        return self.annotate(know_each_other=Exists(seats.filter(Exists(runs), group=OuterRef("pk"))))

    def _agreements(self) -> models.QuerySet[Any]:
        """The agreements of each group, the one that holds now first."""
        agreements: models.QuerySet[Any] = self._model_of("agreements")._default_manager.order_by("-version")
        return agreements.filter(group=OuterRef("pk"))

    def _model_of(self, *names: str) -> Any:
        """The model at the end of these relations, without importing what imports this file."""
        model: Any = self.model
        for name in names:
            model = model._meta.get_field(name).related_model
        return model

    def _memberships(self, user: "User", **held: Any) -> models.QuerySet[Any]:
        """This person's memberships in each group, without importing the models that import this file."""
        memberships: models.QuerySet[Any] = self._model_of("memberships")._default_manager.all()
        return memberships.filter(group=OuterRef("pk"), user=user, **held)
