"""Finds phrases in what people write, however they type it, and says why a question may not be asked like that."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u00b4`\uff07]")
_BETWEEN = re.compile(r"[\W_]+")
# Whoever holds a mail reads the question in it, and need not be the person it was sent to (safety.md T1).
_REVEALING = re.compile(
    r"\b(groups?|circles?|support|mental\w*|health\w*|psych\w*|therap\w*|counsel\w*|clinic\w*|diagnos\w*|patients?|"
    r"members?|sessions?|meetings?|facilitators?|peers?|crisis|anxi\w*|depress\w*|addict\w*|sober\w*|drink\w*|drugs?|"
    r"suicid\w*|grief|griev\w*|trauma\w*|abus\w*|violen\w*|recover\w*|medicat\w*|ansiedad|angst\w*|salud|sante|gruppe|"
    r"grupo|groupe)\b"
)
# The five words are the answer. A number asked for here would be a score, and a sheet of them a test (R42).
_MEASURE = re.compile(
    r"\b(scale|score|rate|rating|how many|how often|percent\w*|out of (?:ten|five|\d+)|\d+ (?:to|and|or) \d+|\d+ \d+|"
    r"little interest or pleasure|feeling down|on edge|over the last)\b|%"
)


def folded(text: str) -> str:
    """Lower case without accents, apostrophes and signs, with one space between words and one at each end."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    seen = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    return f" {_BETWEEN.sub(' ', seen).strip()} "


def holds_one_of(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of these phrases stands in the text as whole words."""
    words = folded(text)
    return any(phrase.strip() and phrase in words for phrase in map(folded, phrases))


def named_in(text: str, names: Iterable[str]) -> str:
    """The first of these names that stands in the text as it is written, or "". The first word is only a beginning."""
    rest = text.partition(" ")[2]
    return next((name for name in names if name.strip() and re.search(rf"\b{re.escape(name)}\b", rest)), "")


def why_not_asked(text: str) -> str:
    """A kind sentence about why this question cannot be asked in these words, or ""."""
    words = folded(text)
    if revealing := _REVEALING.search(words):
        return _(
            "Whoever holds the phone may read this before its person does. Say it without a word like “%(word)s”."
        ) % {"word": revealing[0]}
    if _MEASURE.search(words) or "%" in text:
        return _("The answers are five words, from “Very hard” to “Good”. Ask how it has been, without a number.")
    return ""
