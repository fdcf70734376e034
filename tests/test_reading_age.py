"""Everything we say can be read by somebody aged 9 to 11, also on a hard day (docs/decisions/0042)."""

import re
from collections import defaultdict

import pytest

from tests.reading import (
    Message,
    grade,
    in_module,
    in_template,
    messages,
    outside_gettext,
    pages,
    paragraphs,
    plain,
    sentences,
    syllables,
    words,
)

WORDS_IN_A_SENTENCE = 20
WORDS_IN_A_PARAGRAPH, SENTENCES_IN_A_PARAGRAPH = 45, 4
# The year of school in the United States: whoever begins the sixth is 11.
GRADE_OF_A_PARAGRAPH, GRADE_OF_A_FILE, GRADE_OF_AN_AREA = 6, 5, 4
# A formula made for whole pages swings widely over one sentence: two words like "facilitator" are worth three years.
GRADE_OF_A_SENTENCE, SHORTEST_TO_RECKON = 8, 9
ENOUGH_TO_RECKON = 30  # words; below, one long word says more than the rest
# Words that say something else than they mean: who learned English later reads them as they stand.
IDIOMS = re.compile(
    r"\b(around the clock|at the end of the day|bear in mind|by and large|drop us a|fall through|feel free|for good|"
    r"from scratch|get the ball|hang in|heads[- ]up|in a nutshell|in good hands|in the loop|in the long run|"
    r"in the same boat|keeps? an eye|keep in mind|on board|on the fence|on the same page|on top of|out of the blue|"
    r"out of the box|over the moon|reach(?:es)? out|rule of thumb|sits? (?:well )?beside|the ball|touch base|under way|"
    r"up and running|up in the air|up to speed|wears? (?:two|many) hats)\b",
    re.IGNORECASE,
)


def area_of(message):
    """The app that says it, in a template or in Python; or the folder, where allauth's pages have our words."""
    parts = message.place.split("/")
    return parts[1] if parts[0] == "templates" and len(parts) > 2 else parts[0]


def prose(said):
    """Whole sentences. Labels and buttons are short, and would make the rest look easier than it is."""
    return [s for message in said for s in sentences(message.text) if s[-1] in ".?:…" and len(words(s)) > 3]


def by(key, said):
    found = defaultdict(list)
    for message in said:
        found[key(message)].append(message)
    return found


def too_long(said):
    return [(m.place, s) for m in said for s in sentences(m.text) if len(words(s)) > WORDS_IN_A_SENTENCE]


def too_much_at_once(said):
    each = [(message.place, part) for message in said for part in paragraphs(message.text)]
    return [
        (place, part)
        for place, part in each
        if len(words(part)) > WORDS_IN_A_PARAGRAPH or len(sentences(part)) > SENTENCES_IN_A_PARAGRAPH
    ]


def too_hard(spoken, bound):
    enough = sum(len(words(sentence)) for sentence in spoken) >= ENOUGH_TO_RECKON
    return enough and grade(spoken) > bound


def idioms(said):
    return [(message.place, found[0]) for message in said for found in IDIOMS.finditer(plain(message.text))]


def hard_sentences(said):
    each = [(m.place, s) for m in said for s in sentences(m.text) if len(words(s)) >= SHORTEST_TO_RECKON]
    return [(place, sentence) for place, sentence in each if grade([sentence]) > GRADE_OF_A_SENTENCE]


def hard_paragraphs(said):
    return [
        (m.place, part) for m in said for part in paragraphs(m.text) if too_hard(sentences(part), GRADE_OF_A_PARAGRAPH)
    ]


def hard_places(key, said, bound):
    return [place for place, texts in by(key, said).items() if too_hard(prose(texts), bound)]


# -- all that we say --------------------------------------------------------------------------
def test_no_sentence_is_longer_than_twenty_words():
    assert too_long(messages()) == []


def test_no_paragraph_says_too_much_at_once():
    assert too_much_at_once(messages()) == []


def test_no_sentence_is_hard_to_read():
    assert hard_sentences(messages()) == []


def test_no_paragraph_is_hard_to_read():
    assert hard_paragraphs(messages()) == []


def test_no_file_is_hard_to_read():
    assert hard_places(lambda message: message.place, messages(), GRADE_OF_A_FILE) == []


def test_nothing_is_said_in_idioms():
    assert idioms(messages()) == []


def test_no_area_is_hard_to_read():
    assert hard_places(area_of, messages(), GRADE_OF_AN_AREA) == []


# -- would it be seen? ------------------------------------------------------------------------
HARD = (
    "Confidentiality obligations notwithstanding, facilitators may communicate information regarding participants to"
    " appropriate authorities, provided that circumstances necessitate intervention, and that they document it."
)


def test_a_hard_text_is_seen_by_each_of_them():
    said = [Message("templates/groups/x.html", f"{HARD} {HARD}")]

    assert too_long(said)
    assert hard_sentences(said)
    assert hard_paragraphs(said)
    assert hard_places(area_of, said, GRADE_OF_AN_AREA) == ["groups"]
    assert hard_places(lambda message: message.place, said, GRADE_OF_A_FILE) == ["templates/groups/x.html"]


def test_labels_do_not_hide_a_hard_text():
    labels = [Message("groups/words.py", f"Go on {n}") for n in range(99)]

    assert hard_places(area_of, [*labels, Message("templates/groups/x.html", HARD + HARD)], GRADE_OF_AN_AREA)


def test_an_idiom_is_seen_but_not_inside_another_word():
    said = [Message("a.html", "It is in good hands. <b>Feel</b> free. A dashboard for goods.")]

    assert idioms(said) == [("a.html", "in good hands"), ("a.html", "Feel free")]


def test_twenty_words_pass_and_one_more_does_not():
    twenty = " ".join(["day"] * 20)

    assert too_long([Message("a.html", f"{twenty}. {twenty}.")]) == []
    assert too_long([Message("a.html", f"A {twenty}.")]) == [("a.html", f"A {twenty}.")]


def test_a_paragraph_of_five_sentences_is_too_much_and_two_paragraphs_are_not():
    assert too_much_at_once([Message("a.html", "You go. " * 5)])
    assert too_much_at_once([Message("a.html", "day " * 46)])
    assert too_much_at_once([Message("a.html", "You go. You go. You go.\nYou go. You go.")]) == []


# -- gathered as gettext does it --------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('{% translate "Go on" %}', ["Go on"]),
        ("{% translate 'Say \"yes\"' as yes %}", ['Say "yes"']),
        ('{% blocktranslate trimmed with a=b %}\n  {{ a }}\n  reads 5%\n{% endblocktranslate %}', ["%(a)s reads 5%%"]),
        ("{% blocktranslate count n=n %}One{% plural %}{{ n }}{% endblocktranslate %}", ["One", "%(n)s"]),
        ('{{ name|default:_("Nobody") }}{% back url _("Groups") %}', ["Nobody", "Groups"]),
        ('{# {% translate "Never said" %} #}<p>{{ name }}</p>', []),
    ],
)  # fmt: skip
def test_a_template_gives_its_texts(source, texts):
    assert in_template(source) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("_('It is ' 'one')", ["It is one"]),
        ("ngettext('%(n)s day', '%(n)s days', n)", ["%(n)s day", "%(n)s days"]),
        ("pgettext_lazy('filter', 'nearest')", ["nearest"]),
        ("translation.gettext('Go') + log('never said')", ["Go"]),
    ],
)
def test_a_module_gives_its_texts(source, texts):
    assert in_module(source) == texts


def test_nothing_is_said_outside_gettext():
    """Our name stands as it is. The others are for browsers: part of an address, of a header, of a button's look."""
    for_browsers = {'#write">', "no-referrer", "btn-danger", "btn-text", "btn-quiet", "btn-primary"}

    found = {word for path in pages() for word in outside_gettext(path.read_text(encoding="utf-8"))}
    assert found - for_browsers == {"PeerHub"}


def test_a_bare_word_is_seen_beside_translated_ones():
    quiet = '{# no #}<style>b {}</style>{% translate "Go" %} {% blocktranslate %}On{% endblocktranslate %}'

    assert outside_gettext(quiet) == set()
    assert outside_gettext(f'{quiet} <b id="x">Stop</b>') == {"Stop"}


def test_all_corners_of_the_house_are_read():
    """Well over four thousand texts: should one way to write them be missed, most of an area would be gone."""
    read = {area: len({m.text for m in said}) for area, said in by(area_of, messages()).items()}

    assert sum(read.values()) > 4500
    assert min(read[app] for app in ("groups", "sessions", "home", "checkins")) > 500
    assert min(read[app] for app in ("notes", "resources", "account", "pages", "mfa")) > 80


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("%(name)s reads it by %(day)s.", ["it reads it by it."]),
        ("Who came? <strong>Nobody.</strong> That&nbsp;is fine", ["Who came?", "Nobody.", "That\xa0is fine"]),
        ("“You can come.” Nobody asks why: it is fine.", ["“You can come.", "Nobody asks why: it is fine."]),
        ("One\n\nTwo – or three…", ["One", "Two – or three…"]),
    ],
)
def test_a_text_falls_into_sentences(text, spoken):
    assert sentences(text) == spoken


def test_words_are_counted_as_they_are_heard():
    assert len(words("An e-mail – or two – at 6:00 pm, “now”")) == 8


HEARD = """
1 a the asked called moved week's leave hours times seen whose friend brought you're skipped clothes break
2 people little e-mail something being agreed wanted going answer handled people's hopeful message safety
3 somebody video everyone deleted another idea already invited languages reminder everything recorded
4 information emergency confidential anybody diagnosis February invitation community everybody
5 facilitator organisation confidentially opportunity university
6 accessibility responsibility
"""


def heard():
    lines = [line.split() for line in HEARD.strip().splitlines()]
    return [(word, int(count)) for count, *said in lines for word in said]


@pytest.mark.parametrize(("word", "count"), heard())
def test_syllables_are_counted_as_they_are_heard(word, count):
    assert syllables(word) == count


def test_the_grade_is_the_one_of_flesch_and_kincaid():
    """Counted by hand: 12 words in 2 sentences, with 15 syllables."""
    spoken = ["You can come back on any day.", "Nobody asks why you went."]

    assert grade(spoken) == pytest.approx(0.39 * 12 / 2 + 11.8 * 15 / 12 - 15.59)
