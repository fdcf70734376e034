"""Joins names the way people say them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


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
