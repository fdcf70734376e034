"""Hears that somebody has another part here, or none: what they had read must not be left lying."""

from typing import Any

from notes.services import remind_of_concerns, remind_of_reports
from people.signals import stepped_back


def connect() -> None:
    """Called once, when the app is ready."""
    stepped_back.connect(_hand_on, dispatch_uid="notes.hand_on")


def _hand_on(sender: Any, **_: Any) -> None:
    """Whoever has that part now hears of it here. What fails is left for the clock: nobody's leaving waits for it."""
    remind_of_concerns()
    remind_of_reports()
