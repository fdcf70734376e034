"""Forms about sessions: planning them, answering for a seat, calling the roll."""

from sessions.forms.members import CalendarTitlesForm, SeatForm
from sessions.forms.planning import SeriesForm
from sessions.forms.roll import AttendanceForm

__all__ = ["AttendanceForm", "CalendarTitlesForm", "SeatForm", "SeriesForm"]
