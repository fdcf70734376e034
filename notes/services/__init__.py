"""Confidential words: notes, concerns and reports. Views and home ask here."""

from notes.services.keeping import (
    LONGEST,
    AboutOneself,
    NoteGone,
    NotOfThisGroup,
    NoWords,
    ReadVersion,
    TooLong,
    add_to_note,
    deletion_date,
    empty_old,
    names_in,
    people_to_write_about,
    read_note,
    write_note,
)

__all__ = [
    "LONGEST",
    "AboutOneself",
    "NoWords",
    "NotOfThisGroup",
    "NoteGone",
    "ReadVersion",
    "TooLong",
    "add_to_note",
    "deletion_date",
    "empty_old",
    "names_in",
    "people_to_write_about",
    "read_note",
    "write_note",
]
