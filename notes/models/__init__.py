"""Confidential notes, concerns and reports. No words stand in these tables in the clear."""

from notes.models.concern import Concern, ConcernAddition
from notes.models.note import OPENINGS, Note, NoteKey, NoteVersion
from notes.models.report import Report

__all__ = ["OPENINGS", "Concern", "ConcernAddition", "Note", "NoteKey", "NoteVersion", "Report"]
