"""Everything by which somebody changes a session."""

from sessions.services.calendar import (
    NoCalendarLink,
    make_calendar_link,
    open_calendar_link,
    set_calendar_titles,
    stop_calendar_link,
)
from sessions.services.calling_off import TooLateToCancel, cancel_session, end_meetings
from sessions.services.door import AgreementFirst, DoorShut, open_door
from sessions.services.evening import opened
from sessions.services.planning import (
    AlreadyMeets,
    TooManyDates,
    also_running,
    clash_words,
    create_series,
    first_clash,
    keep_ahead,
    preview_series,
)
from sessions.services.roll import NotOnTheRoll, RollLine, TooEarly, keep_attendance, roll_of
from sessions.services.seats import (
    AnsweringIsOver,
    NeedsNoSeat,
    NotInTheGroup,
    OnABreak,
    OneVisit,
    answer_seat,
    release_seats,
    take_up_line,
)
from sessions.services.visits import end_visits

__all__ = [
    "AgreementFirst",
    "AlreadyMeets",
    "AnsweringIsOver",
    "DoorShut",
    "NeedsNoSeat",
    "NoCalendarLink",
    "NotInTheGroup",
    "NotOnTheRoll",
    "OnABreak",
    "OneVisit",
    "RollLine",
    "TooEarly",
    "TooLateToCancel",
    "TooManyDates",
    "also_running",
    "answer_seat",
    "cancel_session",
    "clash_words",
    "create_series",
    "end_meetings",
    "end_visits",
    "first_clash",
    "keep_ahead",
    "keep_attendance",
    "make_calendar_link",
    "open_calendar_link",
    "open_door",
    "opened",
    "preview_series",
    "release_seats",
    "roll_of",
    "set_calendar_titles",
    "stop_calendar_link",
    "take_up_line",
]
