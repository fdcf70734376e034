"""When groups meet, who leads and where, who comes, and what is left of it."""

from sessions.models.evening import Closing, Feedback, FeedbackGiven, Summary, Tick
from sessions.models.hosting import Booking, CoverCall, StandIn
from sessions.models.reach import CalendarLink, ReminderChoice
from sessions.models.room import Room
from sessions.models.seat import Guest, GuestSeat, Seat, StandingSeat
from sessions.models.series import Series
from sessions.models.session import GroupSession

__all__ = [
    "Booking",
    "CalendarLink",
    "Closing",
    "CoverCall",
    "Feedback",
    "FeedbackGiven",
    "GroupSession",
    "Guest",
    "GuestSeat",
    "ReminderChoice",
    "Room",
    "Seat",
    "Series",
    "StandIn",
    "StandingSeat",
    "Summary",
    "Tick",
]
