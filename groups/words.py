"""Words we start groups with: neutral pairs for their addresses, and a first agreement of our own."""

import math
import secrets
from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _noop

_QUALITIES = """
    amber autumn bright calm clear coastal copper cosy crisp dappled distant early easy evening even fair fern first
    gentle golden green hazel high hollow honey indigo ivory kind late light linen little long low maple meadow
    mellow mild misty mossy narrow near new north oaken old olive open pale pearl plain quiet ready rosy round
    russet sandy silver slow small soft south spring steady still stony summer sunny teal upland violet warm west
    wide winding
"""
_PLACES = """
    acre alder arch ash bank barn bay beach bell bench birch boat bridge brook cedar clover coast corner cove creek
    dale dune elm fern field fjord garden gate glade grove harbour heath hedge hill hollow island ivy jetty kettle
    kite lake lane lantern larch ledge library lodge marsh meadow mill moor nook oak orchard path pebble pier pine
    pond porch quay reed ridge river rowan shed shore square stair stone stream table terrace thistle tide tree
    valley village walk wharf willow window wood yard
"""
QUALITIES, PLACES = tuple(_QUALITIES.split()), tuple(_PLACES.split())


# Pages of ours stand at these addresses, so no group does.
RESERVED = frozenset({"feed", "mine", "new", "nothing-fits", "right-for-me"})


def pair_of_words() -> str:
    """A random address for a group that says nothing about it, such as `quiet-harbour`."""
    return f"{secrets.choice(QUALITIES)}-{secrets.choice(PLACES)}"


# What every agreement speaks of (R18). The words belong to the group, the headings stay.
TOPICS = {
    "confidential": gettext_lazy("What stays here"),
    "limits": gettext_lazy("When something may not stay here"),
    "respect": gettext_lazy("Respect"),
    "sharing": gettext_lazy("Sharing and not sharing"),
    "time": gettext_lazy("Time and turns"),
    "break": gettext_lazy("Taking a break"),
    "online": gettext_lazy("Meeting online"),
    "broken": gettext_lazy("If the agreement is broken"),
}


# Our own words for every part of R18 and R20: topic, promise, what it means.
SECTIONS = (
    (
        "confidential",
        _noop("What is said here stays here."),
        _noop("Also who was here. Outside, we greet each other only if both have said that this is fine."),
    ),
    (
        "limits",
        _noop("There are limits to that, and we know them."),
        _noop("They stand beside this agreement. A facilitator who has to tell somebody asks you first if they can."),
    ),
    (
        "respect",
        _noop("We listen more than we advise."),
        _noop("Each of us knows our own life best. Ask before you suggest anything. Nobody is here to be put right."),
    ),
    (
        "sharing",
        _noop("You share what you want, and no more."),
        _noop("Saying “pass” is always fine. Listening is taking part."),
    ),
    (
        "time",
        _noop("We share the time."),
        _noop("Everyone who wants a turn gets one. A facilitator may gently move us on."),
    ),
    (
        "break",
        _noop("You can step out whenever you need to."),
        _noop("No reason needed. A facilitator may send you one short message to see that you are all right."),
    ),
    (
        "online",
        _noop("Online, we keep the room private."),
        _noop(
            "Somewhere nobody listens in, or headphones. Camera on or off is your choice. No recording, "
            "pictures or apps that take notes. We cannot promise what happens at other people’s ends."
        ),
    ),
    (
        "broken",
        _noop("If somebody breaks this, we talk."),
        _noop("A facilitator speaks with that person first. If it goes on, they may be asked to leave for a while."),
    ),
)


def starting_sections() -> list[dict[str, str]]:
    """A first agreement to change or keep, in the language of whoever asks (R18, R20)."""
    return [{"topic": topic, "promise": _(promise), "meaning": _(meaning)} for topic, promise, meaning in SECTIONS]


def limits_of_confidentiality() -> str:
    """What holds until the organisation writes its own words about the limits (R19)."""
    return _(
        "We think that you or someone else could be seriously harmed.\n"
        "A child, or an adult who cannot protect themselves, is being hurt.\n"
        "The law says that we must.\n\n"
        "We try to talk with you first, and we tell as few people as we can. Ask a facilitator if their work "
        "outside this group means that they must pass certain things on."
    )


SIGNED = {"bfi": "British Sign Language", "isg": "Irish Sign Language", "ase": "American Sign Language"}
LANGUAGES: dict[str, str] = {
    code: info["name_local"][:1].upper() + info["name_local"][1:]
    for code, info in LANG_INFO.items()
    if "name_local" in info and ("-" not in code or code in {"pt-br", "zh-hans", "zh-hant"})
} | SIGNED  # each in its own words


def language_choices() -> list[tuple[str, str]]:
    """What groups can be held in, in the order of their own names."""
    return sorted(LANGUAGES.items(), key=lambda row: row[1].casefold())


def language_words(codes: Iterable[str]) -> str:
    """English, Español: each language as those who speak it call it."""
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def starting_ritual() -> str:
    """How a last session may go, for the group to change or keep."""
    return _(
        "Say at the start that this is the last time, and how long you have.\n"
        "A round: one thing that I take with me.\n"
        "A second round: one thing that I wish for somebody here, or for all of us.\n"
        "Say which doors stay open: other groups, people to call, and who may be written to.\n"
        "End on time. Leave a few minutes in which nobody has to say anything."
    )


def distance_words(km: float) -> str:
    """Roughly how far it is: areas are wide, and nobody is shown as a point."""
    if math.isinf(km):
        return ""
    if km < 1:
        return _("under 1 km away")
    return _("about %(km)d km away") % {"km": round(km) if km < 20 else 5 * round(km / 5)}
