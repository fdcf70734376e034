"""How hard our sentences are to read: gathers all that is said to people, and reckons its Flesch-Kincaid grade."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from html import unescape

from django.conf import settings
from django.utils.translation.template import templatize

ROOT = settings.BASE_DIR
APPS = ("people", "notices", "groups", "sessions", "checkins", "resources", "notes", "home", "peerhub")
TEXTS_OF = {"gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "_": 0, "_noop": 0, "ngettext": 0, "ngettext_lazy": 0}
TEXTS_OF |= {"pgettext": 1, "pgettext_lazy": 1, "npgettext": 1, "npgettext_lazy": 1}  # their first one is the context
QUOTED = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(((?:{QUOTED}(?:, )?)+)")


@dataclass(frozen=True)
class Message:
    """One translated text and the file that says it."""

    place: str
    text: str


@cache
def messages():
    """Each text once for each file, the way gettext finds them: in templates, and in calls of Python."""
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    found = [(path, in_template(path.read_text(encoding="utf-8"))) for path in pages()]
    found += [(path, in_module(path.read_text(encoding="utf-8"))) for path in modules]
    return sorted(
        {Message(path.relative_to(ROOT).as_posix(), text) for path, texts in found for text in texts},
        key=lambda message: (message.place, message.text),
    )


def pages():
    return [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt")]


def in_template(source):
    return [text for call in CALL.finditer(templatize(source)) for text in texts_of(call[1], f"{call[0]})")]


def texts_of(name, call):
    return in_module(call if call.startswith(name) else f"{name}({call}")


def in_module(source):
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [text for call in calls for text in spoken_by(call)]


def spoken_by(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in TEXTS_OF:
        return []
    said = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return said[TEXTS_OF[name] :]


def outside_gettext(source):
    """What a template says without it: nobody could translate that, and nothing here would read it."""
    source = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% blocktrans.*?\{% endblocktrans(?:late)? %\}", " ", source, flags=re.DOTALL)
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", source, flags=re.DOTALL)
    source = re.sub(r"<style.*?</style>|<script.*?</script>|<[^<>]*>|&\w+;", " ", source, flags=re.DOTALL)
    return {word for word in source.split() if re.search(r"[A-Za-z]{2}", word)}


# -- sentences and words ----------------------------------------------------------------------
def plain(text):
    """As it is heard: without tags, and one short word for a name, a day, or an example of an address."""
    text = re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|[\w.]+@[\w.]+\w", "it", text).replace("%%", "%")
    text = re.sub(r"<[^<>]*>", "", re.sub(r"<br[^<>]*>", "\n", text))
    return unescape(text).replace("\xad", "").replace("’", "'")


def paragraphs(text):
    return [part for part in plain(text).split("\n") if words(part)]


def sentences(text):
    """What ends with a full stop, a question mark or a new line. A colon ends nothing: one reads on."""
    parts = [part for line in paragraphs(text) for part in re.split(r"(?<=[.?!…])[\"”')]*\s+", line)]
    return [part.strip() for part in parts if words(part)]


def words(sentence):
    """What has a letter or a number in it. E-mail is one word, a dash between two words is none."""
    return [word for word in re.findall(r"[^\s/—–]+", sentence) if re.search(r"\w", word)]


# Where the rules below are wrong, and what we say often.
KNOWN = {
    "area": 3, "areas": 3, "create": 2, "created": 3, "different": 2, "done": 1, "evening": 2, "evenings": 2,
    "every": 2, "idea": 3, "ideas": 3, "maybe": 2, "people": 2, "real": 1, "really": 2, "safety": 2, "several": 2,
    "sideways": 2, "someone": 2, "something": 2, "sometimes": 2, "somewhere": 2, "via": 2, "voicemail": 2,
    "wednesday": 2,
}  # fmt: skip
COMPOUND = re.compile(r"^(some|every|any|there|where|here)(?=(?:body|thing|one|where|day|time|fore|in|upon|by)s?$)")
SILENT = (
    r"(?<![aeiouy])e$(?<![^aeiouy]le)",  # give, take, not little
    r"(?<![sxzcgaeiouy])(?<!ch|sh)es$(?<![^aeiouy]les)",  # times, not places or tables
    r"(?<![tdaeiouy])ed$(?<![^aeiouyl]led)",  # asked, called, not wanted or handled
    r"(?<=[^aeiouy])e(?=(?:ful|ly|ment|ments|less|ness|where|fore|time|times)$)",  # hopefully, moved on to movement
)
SPOKEN_APART = (
    r"[^tscgxnl]i[aou]",  # media, various, not social or session
    r"eo(?!u)|[^qg]ua|[yeouai]ing$|crea[^m]|ism|[^tc]ie(?:t|nt|nc)",  # video, usual, going, creative, quiet
)


def syllables(word):
    """Near enough: right for nearly all the words we use, which tests/test_reading_age.py holds against a list."""
    spoken = re.sub(r"'s\b|'", "", word.lower())
    return sum(_syllables(part) for part in re.findall(r"[a-z]+|[0-9:.,]*[0-9]", spoken))


def _syllables(part):
    if part in KNOWN or not part[0].isalpha():
        return KNOWN.get(part, 1)
    first = COMPOUND.match(part)
    if first:
        return _syllables(first[0]) + _syllables(part[first.end() :])
    groups = len(re.findall(r"[aeiouy]+", part))
    silent = sum(len(re.findall(rule, part)) for rule in SILENT)
    apart = sum(len(re.findall(rule, part)) for rule in SPOKEN_APART)
    return max(1, groups - silent + apart)


# -- the grade --------------------------------------------------------------------------------
def grade(spoken):
    """Flesch-Kincaid: the school year, in the United States, that reads these sentences with ease."""
    said = [word for sentence in spoken for word in words(sentence)]
    return 0.39 * len(said) / len(spoken) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59
