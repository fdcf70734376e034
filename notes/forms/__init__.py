"""What people fill in that only few may read."""

from notes.forms.notes import AddForm, FirstClick, NoteForm, NoteWordsField

__all__ = ["AddForm", "FirstClick", "NoteForm", "NoteWordsField"]
