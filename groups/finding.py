"""How groups are found: by words, by marks, by name and by area, always a page at a time."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Lower

if TYPE_CHECKING:
    from groups.models import Group

# %s: another query inside, which speaks of near.area and near.rank.
NEAREST_FIRST = """
    SELECT found.id FROM unnest(%%s::bigint[]) WITH ORDINALITY AS near (area, rank)
    CROSS JOIN LATERAL (%s) AS found (key, id) ORDER BY near.rank, found.key, found.id LIMIT %%s
"""

NOWHERE = 0  # the area of groups without one
PLACE_OF = "COALESCE(array_position(%s::bigint[], %s), 0)"
PLACE = "COALESCE(array_position(%s::bigint[], COALESCE(groups_group.area_id, 0)), 0)"


class FindingQuerySet(models.QuerySet["Group"]):
    """What the directory asks. Migration 0005 made the column `search` and keeps it right."""

    def about(self, words: str) -> Self:
        """Groups in which each of these words stands, by how it begins or by its English stem (the first eight)."""
        if not any(sign.isalnum() for sign in words):
            return self
        return self.filter(_sql("groups_group.search @@ groups_asked(%s)", words))

    def marked(self, *wanted: Collection[str]) -> Self:
        """Groups that carry one mark of each of these, such as {"speaks:es"}; empty ones ask for nothing.

        One index holds the marks and the words (migration 0005): where:, speaks:, access:, area:, term:.
        """
        marks = " & ".join(f"({' | '.join(map(_as_lexeme, some))})" for some in wanted if some)
        if not marks:
            return self
        return self.filter(_sql("groups_group.search @@ %s::tsquery", marks))

    def counted_up_to(self, most: int) -> int:
        """How many there are; `most` + 1 says that there are more. No page counts without an end."""
        return self.order_by()[: most + 1].count()

    def page(
        self, size: int, *, after: "Group | None" = None, areas: Sequence[int] = (), few: bool = False
    ) -> list[int]:
        """The keys of the next `size` groups: the first ones, or those that come `after` one of them.

        They stand by name; with `areas`, area after area as those are given, and groups without one last. `few` says
        that not many carry these words and marks: they are sorted, where many are read in the order of an index.
        PostgreSQL takes any rare word for a frequent one, and would read every name for it.
        """
        places = [*areas, NOWHERE] if areas else []
        if few:
            return self._sorted(size, after, places)
        return self._area_after_area(size, after, places) if areas else self._name_after_name(size, after)

    def _sorted(self, size: int, after: "Group | None", places: list[int]) -> list[int]:
        nearness = RawSQL(PLACE, [places])  # noqa: S611 — values are bound
        found = self.alias(nearness=nearness, key=Concat(Lower("name"), Value("")))  # no index knows this key
        if after:
            behind = f"({PLACE}, LOWER(groups_group.name), groups_group.id) > ({PLACE_OF}, LOWER(%s), %s)"
            found = found.filter(_sql(behind, places, places, after.area_id or NOWHERE, after.name, after.pk))
        return list(found.order_by("nearness", "key", "pk").values_list("pk", flat=True)[:size])

    def _name_after_name(self, size: int, after: "Group | None") -> list[int]:
        found = self.alias(key=Lower("name"))
        if after:
            key = Lower(Value(after.name))
            found = found.filter(Q(key__gt=key) | Q(pk__gt=after.pk), key__gte=key)
        return list(found.order_by("key", "pk").values_list("pk", flat=True)[:size])

    def _area_after_area(self, size: int, after: "Group | None", places: list[int]) -> list[int]:
        """Thousands of groups share one distance, and an index on distances would sort them all.

        So the areas are gone through one by one, until the page is full.
        """
        rows = self.annotate(key=Lower("name")).filter(_sql("COALESCE(groups_group.area_id, 0) = near.area"))
        if after and (after.area_id or NOWHERE) in places:
            places = places[places.index(after.area_id or NOWHERE) :]
            behind = "near.rank > 1 OR (LOWER(groups_group.name), groups_group.id) > (LOWER(%s), %s)"
            start = RawSQL("CASE WHEN near.rank = 1 THEN LOWER(%s) ELSE '' END", [after.name])
            rows = rows.filter(_sql(behind, after.name, after.pk), key__gte=start)
        inner, values = rows.order_by("key", "pk").values_list("key", "pk")[:size].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(NEAREST_FIRST % inner, [places, *values, size])
            return [pk for (pk,) in cursor]


def _sql(condition: str, *values: Any) -> RawSQL:
    """A condition in PostgreSQL's own words."""
    return RawSQL(condition, values, models.BooleanField())  # noqa: S611 — conditions stand above, values are bound


def _as_lexeme(mark: str) -> str:
    return "'" + mark.replace("\\", "").replace("'", "") + "'"
