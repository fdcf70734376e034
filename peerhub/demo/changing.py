"""A series as life changes it: one evening moved by half an hour, one cancelled."""

from dataclasses import replace
from datetime import datetime, timedelta

from groups.models import Group
from people.models import User
from sessions.services import Scope, Wish, cancel_session, change_sessions


def change_some(groups: dict[str, Group], people: dict[str, User]) -> None:
    """Of the coming evenings the third is moved and the fourth cancelled."""
    marisol = people["Marisol"]
    coming = groups["evenings"].sessions.scheduled().upcoming().exclude(series=None)
    moved, cancelled = coming[2:4]
    later = (datetime.combine(moved.local_date, moved.local_time) + timedelta(minutes=30)).time()
    own = (moved.local_date, moved.local_time, moved.minutes, moved.capacity, moved.kept_for_new, moved.plan)
    change_sessions(marisol, session=moved, wish=replace(Wish(Scope.ONE, *own), local_time=later))
    cancel_session(marisol, session=cancelled)
