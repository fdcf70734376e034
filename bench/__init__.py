"""Benchmarks against promised targets: `python3 dev.py bench NAME` runs bench/NAME.py.

Each has `def run() -> Iterable[Target]`. A target is measured, printed on one line and either holds or misses.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """A figure beside what was promised; exactly one of the two limits is given."""

    name: str
    figure: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        if self.at_most is not None:
            return self.figure <= self.at_most
        return self.at_least is not None and self.figure >= self.at_least

    def __str__(self) -> str:
        limit = f"at least {self.at_least:g}" if self.at_most is None else f"at most {self.at_most:g}"
        verdict = "holds" if self.holds else "misses"
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name}: {self.figure:.4g}{unit} (target {limit}{unit}) {verdict}"


def copies(model: Any, of: str, changed: dict[str, str]) -> str:
    """Rows like the first one but for what is `changed`: whatever columns the model has, and in one statement."""
    columns = [field.column for field in model._meta.concrete_fields if not field.generated]
    changed = {"public_id": "gen_random_uuid()"} | changed
    values = ", ".join(changed.get(column, f"one.{column}") for column in columns)
    table = model._meta.db_table
    one = f"(SELECT * FROM {table} LIMIT 1) AS one"  # noqa: S608 — names of ours
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {one}, {of}"  # noqa: S608
