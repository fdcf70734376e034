"""Joins names the way people say them."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# A hello that is already written, for those who search for words. None says why, and none asks for an answer.
HELLOS: dict[str, list[Promise]] = {
    "missed": [
        gettext_lazy("Hello, I thought of you. There is no need to answer. You are welcome whenever you like."),
        gettext_lazy("Hello. Coming or not coming, both are fine. If you would like a word, I am here."),
        gettext_lazy("Hello, I hope your days are kind to you. Your place is still yours."),
    ],
    "first": [
        gettext_lazy("Hello, it was good to meet you. You are welcome next time, to speak or to listen."),
        gettext_lazy("Hello, and thank you for coming. If there is anything you would like to ask, write to me here."),
        gettext_lazy("Hello. A first time can be a lot. Take from it what helps, and leave the rest."),
    ],
    "plain": [
        gettext_lazy("Hello, I thought of you. There is no need to answer."),
        gettext_lazy("Hello, how are you? If you would like a word, write to me here."),
        gettext_lazy("Hello. If there is anything that would help, tell me, and we look at it together."),
    ],
}


def all_of(names: Sequence[str]) -> str:
    """Marisol, Tunde and Jun."""
    return _joined(names, _("%(names)s and %(last)s"))


def one_of(names: Sequence[str]) -> str:
    """Marisol, Tunde or Jun."""
    return _joined(names, _("%(names)s or %(last)s"))


def _joined(names: Sequence[str], sentence: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return sentence % {"names": ", ".join(names[:-1]), "last": names[-1]}
