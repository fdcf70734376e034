"""What people fill in that only few may read."""

from notes.forms.concerns import ConcernForm, PastMomentField
from notes.forms.notes import AddForm, FirstClick, NoteForm, NoteWordsField
from notes.forms.reports import CloseReportForm, ReportForm

__all__ = [
    "AddForm",
    "CloseReportForm",
    "ConcernForm",
    "FirstClick",
    "NoteForm",
    "NoteWordsField",
    "PastMomentField",
    "ReportForm",
]
