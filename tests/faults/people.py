"""Many people who are due to be asked, and what must be so when all is done."""

from datetime import timedelta

from checkins.models import CheckIn, Rhythm
from groups.models import Membership
from notices.models import Delivery, Notice
from people.models import Consent, User
from tests.factories import GroupFactory, OrganisationFactory
from tests.faults.crew import MONDAY


def people_who_will_be_due(count):
    """They belong to a group, said yes and are asked on Mondays at ten; nobody is due yet."""
    OrganisationFactory()
    group = GroupFactory()
    made = User.objects.bulk_create(User(email=f"due{n}@example.org", password="!") for n in range(count))
    Consent.objects.bulk_create(Consent(user=user, purpose="checkins", version="1") for user in made)
    Membership.objects.bulk_create(
        Membership(group=group, user=user, state="active", alias=f"Due {n}", joined_at=MONDAY)
        for n, user in enumerate(made)
    )
    Rhythm.objects.bulk_create(Rhythm(user=user, next_at=MONDAY + timedelta(days=300)) for user in made)
    return made


def make_due(people):
    Rhythm.objects.filter(user__in=people).update(next_at=MONDAY)


def all_is_done():
    """Nothing is left to do at that moment."""
    left = CheckIn.objects.filter(told_at=None).exists() or Rhythm.objects.filter(next_at__lte=MONDAY).exists()
    return not left and not Delivery.objects.filter(state="waiting").exists()


def finish(crew, tries=30):
    """Tick as the clock does until nothing is left. A lock of a killed one is free when the server has noticed."""
    for _ in range(tries):
        crew.do("ask", "send")
        if all_is_done():
            return
    raise AssertionError("it was never done")


def check_each_once(people, sink, *, repeats):
    """One row, one notice, one mail for each of them; none lost, and no more repeats than that."""
    who = {user.pk for user in people}
    assert set(CheckIn.objects.values_list("user", flat=True)) == who, "a row is lost"
    assert CheckIn.objects.count() == len(who), "a row came twice"
    assert Notice.objects.filter(topic="checkin.ask").count() == len(who), "a notice is lost or came twice"
    assert list(Delivery.objects.values_list("state", flat=True)) == ["sent"] * len(who), "a mail did not leave"
    assert set(sink.readers) == {user.email for user in people}, "a mail is lost"
    assert set(sink.readers.values()) == {1}, "a repeat has another Message-ID"
    assert len(sink.mails) - len(who) <= repeats, "more repeats than kills"
    assert max(sink.identities.values()) <= 2, "a mail came three times"
