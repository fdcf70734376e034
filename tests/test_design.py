"""What no template may hold, and what every one of them must (design/README.md, sections 7 and 10)."""

import re
from html.parser import HTMLParser
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

TEMPLATES = settings.BASE_DIR / "templates"
STATIC = settings.BASE_DIR / "static"
PAGES = sorted(TEMPLATES.rglob("*.html"))
LETTERS = sorted(TEMPLATES.rglob("*.txt"))
ALLAUTH = Path(allauth.__file__).parent / "templates"
LONGEST = 60
LONGER_FOR_A_REASON: dict[str, str] = {}

BANNED = re.compile(
    r"\b(journeys?|users?|patients?|oops|please note|unfortunately|simply|just do|invalid|no-shows?|DNA|"
    r"non-compliant|permission denied|reauthenticate|no results|red flag|risk assessment|remind me later|"
    r"we'll be in touch|event full|successfully|your data is secure|suicidal)\b",
    re.IGNORECASE,
)
REVEALING = re.compile(
    r"\b(peerhub|peer|groups?|circles?|health|mental|support|facilitators?|sessions?|check-ins?|therapy)\b",
    re.IGNORECASE,
)
# Pages without words of their own, and those about phone numbers, which we never ask for.
THEIRS_IS_FINE = re.compile(r".*/base\w*\.html|.*phone.*|mfa/recovery_codes/download\.txt|.*/login_script\.html")


def name(path):
    return path.relative_to(TEMPLATES).as_posix()


# -- colours ----------------------------------------------------------------------------------
def test_the_two_dark_blocks_are_equal():
    tokens = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")

    by_device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', tokens, re.DOTALL)[1]
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', tokens, re.DOTALL)[1]
    assert by_device.split() == by_choice.split()


def test_styles_ask_no_other_site_for_anything():
    for sheet in STATIC.rglob("*.css"):
        assert re.findall(r"https?:|@import|data:", sheet.read_text(encoding="utf-8")) == [], sheet


# -- markup -----------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES, ids=name)
def test_template_can_be_read_and_is_short_enough(path):
    get_template(name(path))

    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < LONGEST or name(path) in LONGER_FOR_A_REASON


@pytest.mark.parametrize("path", [page for page in PAGES if page.parent.name != "mail"], ids=name)
def test_template_holds_no_style_no_running_script_and_no_asset_of_another_site(path):
    """Pages only: programs that read mail know no other styles than inline ones."""
    found = Markup()
    found.feed(path.read_text(encoding="utf-8"))

    assert found.trouble == []


@pytest.mark.parametrize("path", PAGES + LETTERS, ids=name)
def test_template_speaks_in_our_voice(path):
    words = spoken(path.read_text(encoding="utf-8"))

    assert BANNED.findall(words) == []
    assert "!" not in words


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_cells_say_on_a_phone_what_they_are(path):
    """The head of a table cannot be seen there, and only grid-plain writes out the labels of its cells."""
    tables = re.findall(r'<table class="([^"]*)"(.*?)</table>', path.read_text(encoding="utf-8"), re.DOTALL)

    silent = [classes for classes, cells in tables if "data-label" in cells and "grid-plain" not in classes.split()]
    assert silent == []


# -- allauth ----------------------------------------------------------------------------------
def theirs():
    files = (path for app in ("account", "mfa", "usersessions") for path in (ALLAUTH / app).rglob("*.*"))
    found = (path.relative_to(ALLAUTH).as_posix() for path in files)
    return sorted(page for page in found if not THEIRS_IS_FINE.match(page))


@pytest.mark.parametrize("page", theirs())
def test_nothing_of_allauth_is_shown_in_its_own_words(page):
    """A new version may bring new pages and letters: they get our words before anybody sees them."""
    assert (TEMPLATES / page).is_file()


@pytest.mark.parametrize("path", [p for p in LETTERS if name(p).startswith(("account/email/", "mfa/email/"))], ids=name)
def test_letters_about_signing_in_say_nothing_to_whoever_looks_over_a_shoulder(path):
    context = {"code": "QRST-2345", "activate_url": "https://x/a?b&c", "signup_url": "https://x/s", "email": "<x9>"}
    context |= {"password_reset_url": "https://x/r", "ip": "<x9>", "user_agent": "<x9>"}

    text = render_to_string(name(path), context)

    assert REVEALING.findall(text) == []
    assert "<x9>" not in text
    if path.stem.endswith("_subject"):
        assert text.strip() == "A message for you"


class Markup(HTMLParser):
    """Notes what the content security policy would refuse."""

    def __init__(self):
        super().__init__()
        self.trouble = []

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        if tag == "style" or "style" in held or any(key.startswith("on") for key in held):
            self.trouble.append(f"<{tag}> brings style or script of its own")
        if tag == "script" and "src" not in held and held.get("type") != "application/json":
            self.trouble.append("a script that runs inline")
        asset = held.get("src") or (held.get("href") if tag == "link" else None) or ""
        if re.match(r"(https?:)?//", asset):
            self.trouble.append(f"<{tag}> asks another site: {asset}")


def spoken(source):
    """The words of a template that somebody reads: no comments, no tags of either kind, only translated texts."""
    source = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.DOTALL)
    quoted = re.findall(r"""\{% trans(?:late)? (["'])(.*?)\1""", source)
    source = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", source, flags=re.DOTALL)
    source = re.sub(r"<!doctype html>", "", source, flags=re.IGNORECASE)
    source = re.sub(r"<script.*?</script>|<[^<>]*>", " ", source, flags=re.DOTALL)
    return " ".join([source, *(text for _, text in quoted)])
