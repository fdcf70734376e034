"""Who has been quiet for a while: from who came to sessions alone, never from check-ins (R44).

Nothing is kept of it. It is asked anew each time, and silence opens nothing by itself.
"""

from datetime import UTC, datetime

from django.db.models import Count, DateTimeField, Exists, IntegerField, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from checkins.models import FollowUp
from groups.models import Membership
from people.consents import HELLO
from people.models import Consent, User
from sessions.models import Seat

AWAY_TIMES = 3  # how many sessions in a row
MOST_HELLOS = 2  # R36: then a person is left be
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def quiet_for(reader: User) -> QuerySet[Membership]:
    """Members of groups this person runs who were away the last three times they were marked. One query.

    Not among them: who did not say yes to a hello, takes a break, is looked after already, answered a hello since they
    were last there, or had two. Adds `missed`, how many sessions it is.
    """
    run = Membership.objects.facilitated_by(reader).beyond_pairs().of_living_groups().values("group_id")
    seats = Membership.objects.filter(group__in=run, role=Membership.Role.MEMBER, state=Membership.State.ACTIVE)
    marks = Seat.objects.filter(user=OuterRef("user"), session__group=OuterRef("group")).exclude(came="")
    there = marks.exclude(came=Seat.Came.AWAY).order_by().values("user").annotate(at=Max("session__starts_at"))
    rows = (
        seats.exclude(user=reader)
        .filter(user__is_active=True)
        .annotate(there_at=Coalesce(Subquery(there.values("at")), Value(LONG_AGO), output_field=DateTimeField()))
    )
    since = marks.filter(session__starts_at__gt=OuterRef("there_at"), came=Seat.Came.AWAY)
    count = since.order_by().values("user").annotate(n=Count("pk")).values("n")
    counted = rows.annotate(missed=Coalesce(Subquery(count, output_field=IntegerField()), 0))
    return _to_greet(counted.filter(missed__gte=AWAY_TIMES)).select_related("group", "user").order_by("alias", "pk")


def _to_greet(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    theirs = FollowUp.objects.filter(about=OuterRef("user"), group=OuterRef("group"))
    hellos = theirs.filter(hello_at__gt=OuterRef("there_at")).order_by().values("about")
    gone = hellos.annotate(n=Count("pk")).values("n")
    said_yes = Consent.objects.standing(HELLO["purpose"]).filter(user=OuterRef("user"))
    return (
        rows.filter(Exists(said_yes))
        .exclude(
            Exists(theirs.filter(state__in=["open", "taken"])) | Exists(theirs.filter(said_at__gt=OuterRef("there_at")))
        )
        .annotate(hellos=Coalesce(Subquery(gone, output_field=IntegerField()), 0))
        .filter(hellos__lt=MOST_HELLOS)
    )


def is_quiet(reader: User, membership: Membership) -> bool:
    return quiet_for(reader).filter(pk=membership.pk).exists()
