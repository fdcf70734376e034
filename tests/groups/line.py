"""People in line for a place."""

from datetime import timedelta

from django.utils import timezone

from notices.models import Notice
from tests.factories import WaitingFactory


def in_line(group, *names, **facts):
    """People who came to the end of the line one minute after another."""
    start = timezone.now() - timedelta(days=1)
    return [
        WaitingFactory(group=group, alias=name, queued_at=start + timedelta(minutes=n), **facts)
        for n, name in enumerate(names)
    ]


def stands(group):
    """Who is in which state, by name."""
    return {seat.alias: seat.state for seat in group.memberships.exclude(alias__startswith="Alias")}


def told(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("topic", flat=True))
