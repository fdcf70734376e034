"""The pages of groups, as each kind of reader meets them."""

from datetime import UTC, datetime

from django.urls import reverse

from groups.services import note_meetings
from tests.factories import SessionFactory

SETTINGS = {
    "name": "Evenings",
    "purpose": "For anyone.",
    "kind": "circle",
    "format": "online",
    "languages": ["en"],
    "intake": "request",
    "capacity": "8",
    "adults_only": "on",
    "listed": "on",
    "time_zone": "Europe/London",
}
REQUEST = {"alias": "Wren", "answer": "mail", "adult": "on"}


def at(name, group, *more):
    return reverse(f"groups:{name}", args=[group.slug, *more])


def said(response):
    return response.content.decode()


def found(client, query=None):
    """The names on one page of the directory, in their order."""
    response = client.get("/groups/", query or {})
    assert response.status_code == 200
    return [card["group"].name for card in response.context["cards"]]


def meets(group, day, clock):
    """The group meets then, on a clock that shows UTC, and is found by it."""
    SessionFactory(group=group, local_date=day, local_time=clock, starts_at=datetime.combine(day, clock, UTC))
    note_meetings(group.pk, times=[(day.isoweekday(), clock)])
