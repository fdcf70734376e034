"""How groups are found: by words, by marks, by name and by area, always a page at a time."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from groups.models import Group

# %s: another query inside, which speaks of near.area and near.rank.
NEAREST_FIRST = """
    SELECT found.id FROM unnest(%%s::bigint[]) WITH ORDINALITY AS near (area, rank)
    CROSS JOIN LATERAL (%s) AS found (key, id) ORDER BY near.rank, found.key, found.id LIMIT %%s
"""


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

    def page_by_name(self, size: int, after: "Group | None" = None) -> list[int]:
        """The keys of the next `size` groups by name: the first ones, or those that come `after` one of them."""
        found = self.alias(key=Lower("name"))
        if after:
            key = Lower(Value(after.name))
            found = found.filter(Q(key__gt=key) | Q(pk__gt=after.pk), key__gte=key)
        return list(found.order_by("key", "pk").values_list("pk", flat=True)[:size])

    def page_by_area(self, size: int, areas: list[int], after: "Group | None" = None) -> list[int]:
        """The same, area after area as they are given, by name in each, and those without an area last.

        Thousands of groups share one distance, and an index on distances would sort them all. So the areas are
        gone through one by one, until the page is full.
        """
        rows = self.annotate(key=Lower("name")).filter(_sql("COALESCE(groups_group.area_id, 0) = near.area"))
        places = [*areas, 0]
        if after and (after.area_id or 0) in places:
            places = places[places.index(after.area_id or 0) :]
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
