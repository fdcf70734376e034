"""How groups are found: by words, by marks, by name and by area, always a page at a time."""

from collections.abc import Collection, Sequence
from datetime import time
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, models
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from groups.models import Group

NEXT = 100  # if so many hold a page of those wanted, no more are looked at
SOME = 600  # more than NEXT: where a fifth is wanted or more, these hold as many as any page counts
AN_EIGHTH = 160  # where one in eight holds no more, sorting all that match is quicker than to look for a page of them
LOOKED_AT = 1500  # so many groups are looked at one by one, before all that match are sorted
# The next groups of the whole list, and those among them that are wanted. LIMIT keeps the two apart: PostgreSQL looks
# at each group when its turn comes, ends when the page is full, and never goes through all names for a rare word.
WALK = "SELECT id FROM ({rows} LIMIT %s) AS groups_group WHERE {wanted} LIMIT %s"
BY_NAME = """
    SELECT * FROM groups_group WHERE listed AND state = 'open' AND (LOWER(name), id) > (LOWER(%s), %s)
    ORDER BY LOWER(name), id
"""
# An index on distances would sort thousands of groups that share one. LATERAL goes from area to area as they are given.
# Its own LIMIT is a question, so that PostgreSQL expects it to be small and reads an area in the order of the index.
BY_AREA = """
    SELECT there.* FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS near (area, after_name, after_id)
    CROSS JOIN LATERAL (
        SELECT * FROM groups_group WHERE listed AND state = 'open' AND COALESCE(area_id, 0) = near.area
            AND (LOWER(name), id) > (LOWER(near.after_name), near.after_id)
        ORDER BY LOWER(name), id LIMIT (SELECT %s)
    ) AS there
"""

# How many of some groups are wanted, and how many those are: fewer than asked for, where there are no others. An index
# leads to the same ones each time: a scan of the table begins wherever another one is, in pages that nobody has read.
AMONG_SOME = """
    WITH some_groups AS NOT MATERIALIZED (
        SELECT * FROM groups_group WHERE listed AND state = 'open' ORDER BY languages LIMIT %s
    )
    SELECT (SELECT count(*) FROM (SELECT 1 FROM some_groups AS groups_group WHERE {wanted} LIMIT %s) AS counted),
        (SELECT count(*) FROM some_groups)
"""
# One group in eight has a small index of its own (migration 0009): what passes a limit there passes it in all.
AMONG_AN_EIGHTH = """
    SELECT count(*) FROM (
        SELECT 1 FROM groups_group WHERE mod(groups_group.id, 8) = 0 AND {wanted} LIMIT %s
    ) AS an_eighth
"""

# From one list of languages to the next one in an index: there are few, and DISTINCT would read every group.
SPOKEN = """
    WITH RECURSIVE spoken (languages) AS (
        (SELECT languages FROM groups_group WHERE listed AND state = 'open' ORDER BY languages LIMIT 1)
        UNION ALL
        SELECT (SELECT languages FROM groups_group WHERE listed AND state = 'open' AND languages > spoken.languages
            ORDER BY languages LIMIT 1) FROM spoken WHERE spoken.languages IS NOT NULL
    )
    SELECT DISTINCT unnest(languages) FROM spoken
"""

NOWHERE = 0  # the area of groups without one
KEY = "LOWER(groups_group.name) || ''"  # the order of names, as no index has it
PLACE = "COALESCE(array_position(%s::bigint[], COALESCE(groups_group.area_id, 0)), 0)"
BEHIND = "(LOWER(groups_group.name), groups_group.id) > (LOWER(%s), %s)"
BEHIND_IN_AREAS = (
    f"COALESCE(groups_group.area_id, 0) = ANY(%s) AND (COALESCE(groups_group.area_id, 0) <> %s OR {BEHIND})"
)

DAYS, PARTS = range(1, 8), ("daytime", "evening")  # 1 is Monday
EVENING = time(17)


def meeting_mark(day: int, part: str) -> str:
    """A day of the week and a time of day in one: who looks for Tuesday evenings wants both of the same meeting."""
    return f"{day}-{part}"


def part_of_day(clock: time) -> str:
    return "evening" if clock >= EVENING else "daytime"


class FindingQuerySet(models.QuerySet["Group"]):
    """What the directory asks. Migrations 0005, 0006 and 0009 made the column `search` and keep it right."""

    def about(self, words: str) -> Self:
        """Groups in which each of these words stands, by how it begins or by its English stem (the first eight).

        It asks at once which words begin so: of whole words PostgreSQL knows how many groups hold them.
        """
        if not any(sign.isalnum() for sign in words):
            return self
        with connection.cursor() as cursor:
            cursor.execute("SELECT groups_asked_in_full(%s)::text", [words])
            (asked,) = cursor.fetchone()
        return self.filter(_sql("groups_group.search @@ %s::tsquery", asked))

    def marked(self, *wanted: Collection[str]) -> Self:
        """Groups that carry one mark of each of these, such as {"speaks:es"}; empty ones ask for nothing.

        One index holds the marks and the words (migration 0006): where:, speaks:, access:, meets:, area:, term:. Each
        is a condition of its own, the rarest had better come first: PostgreSQL skips from one of those to the next.
        """
        found = self
        for some in filter(None, wanted):
            found = found.filter(_sql("groups_group.search @@ %s::tsquery", " | ".join(map(_as_lexeme, some))))
        return found

    def languages_spoken(self) -> set[str]:
        """The codes of all languages that the directory's groups speak."""
        with connection.cursor() as cursor:
            cursor.execute(SPOKEN)
            return {code for (code,) in cursor}

    def counted_up_to(self, most: int) -> int:
        """How many there are; `most` + 1 says that there are more. No page counts without an end."""
        return self.order_by()[: most + 1].count()

    def page_and_count(
        self, size: int, most: int, *, after: "Group | None" = None, areas: Sequence[int] = ()
    ) -> tuple[list[int], int]:
        """A page as of `page`, and how many groups all pages hold, as of `counted_up_to`, in the cheapest way.

        Looks at the next groups, at some, and at one in eight find out whether many match, before all are counted. What
        stands beside the index, such as free seats, is worked out for no more groups than a page and a count need.
        """
        keys = self._walk(NEXT, size, after, areas)
        (count, looked_at), an_eighth = self._counted(AMONG_SOME, SOME, most), 0
        enough = most if self.query.annotations else max(most, AN_EIGHTH)
        if looked_at == SOME:  # there are others
            (an_eighth,) = (enough + 1,) if count > most else self._counted(AMONG_AN_EIGHTH, enough)
            count = most + 1 if an_eighth > most else self.counted_up_to(most)
        if len(keys) == size or looked_at <= NEXT:
            return keys, count
        few = count <= most or (an_eighth <= enough and not self.query.annotations)
        return self.page(size, after=after, areas=areas, few=few), count

    def page(
        self, size: int, *, after: "Group | None" = None, areas: Sequence[int] = (), few: bool = False
    ) -> list[int]:
        """The keys of the next `size` groups: the first ones, or those that come `after` one of them.

        They stand by name; with `areas`, area after area as those are given, and groups without one last. Where `few`
        match they are sorted. Else a page is mostly full after a short walk in the order of an index; where it is not,
        so few match that sorting them is quick as well.
        """
        keys = [] if few else self._walk(LOOKED_AT, size, after, areas)
        return keys if len(keys) == size else self._sorted(size, after, areas)

    def _walk(self, looked_at: int, size: int, after: "Group | None", areas: Sequence[int]) -> list[int]:
        """Those among the next groups: a part of the page, or all of it."""
        places = _places_left(areas, after)
        name, pk = (after.name, after.pk) if after else ("", 0)
        start: list[Any] = [name, pk]
        if places:
            rest = len(places) - 1  # in the other areas all groups are still to come
            start = [places, [name, *[""] * rest], [pk, *[0] * rest], looked_at]
        wanted, values = self._wanted()
        with connection.cursor() as cursor:
            walk = WALK.format(rows=BY_AREA if places else BY_NAME, wanted=wanted)
            cursor.execute(walk, [*start, looked_at, *values, size])
            return [pk for (pk,) in cursor]

    def _counted(self, among: str, *limits: int) -> Any:
        """How many there are among some of all groups; the last of the `limits` is passed by one and no more."""
        wanted, values = self._wanted()
        with connection.cursor() as cursor:
            cursor.execute(among.format(wanted=wanted), [*limits[:-1], *values, limits[-1] + 1])
            return cursor.fetchone()

    def _wanted(self) -> tuple[str, Sequence[Any]]:
        """The conditions of this question and their values."""
        wanted, values = self.query.get_compiler(self.db).compile(self.query.where)
        return wanted, values

    def _sorted(self, size: int, after: "Group | None", areas: Sequence[int]) -> list[int]:
        places = _places_left(areas, after)
        found: FindingQuerySet = self
        if after and places:
            found = found.filter(_sql(BEHIND_IN_AREAS, places, places[0], after.name, after.pk))
        elif after:
            found = found.filter(_sql(BEHIND, after.name, after.pk))
        order = [RawSQL(PLACE, [places])] if places else []  # noqa: S611 — values are bound
        return list(found.order_by(*order, RawSQL(KEY, []), "pk").values_list("pk", flat=True)[:size])  # noqa: S611


def _places_left(areas: Sequence[int], after: "Group | None") -> list[int]:
    """The areas from that of the group shown last on, and groups without one at the end; none where none are asked."""
    places = [*areas, NOWHERE] if areas else []
    here = (after.area_id or NOWHERE) if after else None
    return places[places.index(here) :] if here in places else places


def _sql(condition: str, *values: Any) -> RawSQL:
    """A condition in PostgreSQL's own words."""
    return RawSQL(condition, values, models.BooleanField())  # noqa: S611 — conditions stand above, values are bound


def _as_lexeme(mark: str) -> str:
    """Marks begin with a colon in the index, which no word can."""
    return "':" + mark.replace("\\", "").replace("'", "") + "'"
