"""Pages about sessions, through the browser client."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests import factories

ROOM = "https://meet.example.org/harbour-evenings"


LIST_QUERIES, PAGE_QUERIES, ROLL_QUERIES = 13, 14, 14


def words(response):
    """What stands in the main part of a page, as plain words."""
    main = response.content.decode().split('<main id="main"')[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace(" ,", ",")


def url(name, session):
    return reverse(f"sessions:{name}", args=[session.public_id])


def stand(session, member, **change):
    seat_state = change.pop("seat", None)
    starts_in = change.pop("starts_in", None)
    if starts_in is not None:
        session.starts_at = timezone.now() + starts_in
        session.ends_at = session.starts_at + timedelta(minutes=75)
    for name, value in change.items():
        setattr(session, name, value)
    session.save()
    if seat_state:
        factories.SeatFactory(
            session=session, user=member, state=seat_state, queue=7 if seat_state == "waiting" else None
        )
