"""Forms about sessions: planning them, answering for a seat, calling the roll."""

from sessions.forms.after import FeedbackForm, SeenForm, SummaryForm
from sessions.forms.changing import ChangeForm
from sessions.forms.evening import ChecksForm, PageForm
from sessions.forms.hosting import HostsForm, RoomForm, StandInForm
from sessions.forms.members import CalendarTitlesForm, EveryTimeForm, SeatForm
from sessions.forms.planning import SeriesForm
from sessions.forms.roll import AttendanceForm, HeadcountForm

__all__ = [
    "AttendanceForm",
    "CalendarTitlesForm",
    "ChangeForm",
    "ChecksForm",
    "EveryTimeForm",
    "FeedbackForm",
    "HeadcountForm",
    "HostsForm",
    "PageForm",
    "RoomForm",
    "SeatForm",
    "SeenForm",
    "SeriesForm",
    "StandInForm",
    "SummaryForm",
]
