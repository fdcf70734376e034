"""What people fill in that only few may read."""

from notes.forms.concerns import ConcernAddForm, ConcernForm, PastMomentField
from notes.forms.notes import AddForm, FirstClick, NoteForm, NoteWordsField
from notes.forms.reports import CloseReportForm, ReportForm

__all__ = [
    "AddForm",
    "CloseReportForm",
    "ConcernAddForm",
    "ConcernForm",
    "FirstClick",
    "NoteForm",
    "NoteWordsField",
    "PastMomentField",
    "ReportForm",
]
