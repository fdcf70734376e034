"""Questions that are asked all day long: Django takes longer to write them than PostgreSQL to answer them."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class OftenAsked:
    """A question whose SQL is written once in the life of a process, with blanks that are filled in each time.

    `make` takes the blanks in place of the values. Each blank is of the kind of its value, and no value that is ever
    asked for; it has to come out of `make` as it went in.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *blanks: Any) -> None:
        self.make, self.blanks = make, blanks

    def rows(self, *values: Any, inside: str = "{}") -> list[tuple[Any, ...]]:
        """The answer for these values, or that to the SQL that has the question `inside`."""
        words, parts = self._written
        filled = dict(zip(self.blanks, values, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(inside.format(words), [filled.get(part, part) for part in parts])
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    @cached_property
    def _written(self) -> tuple[str, tuple[Any, ...]]:
        words, parts = self.make(*self.blanks).query.sql_with_params()
        assert all(parts.count(blank) for blank in self.blanks), "A blank that is nowhere would never be filled."
        return words, parts
