"""Benchmarks against promised targets: `python3 dev.py bench NAME` runs bench/NAME.py.

Each has `def run() -> Iterable[Target]`. A target is measured, printed on one line and either holds or misses.
"""

from dataclasses import dataclass


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
