"""The command behind `python3 dev.py bench NAME`."""

import importlib
import pkgutil
import sys
from collections.abc import Iterable

import bench
from bench import Target

PARTS = {"__main__", "mails", "processes", "years"}  # no benchmarks of their own


def main(arguments: list[str]) -> int:
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in PARTS)
    if len(arguments) != 1 or arguments[0] not in names:
        print(f"Name one benchmark: {', '.join(names)}", file=sys.stderr)
        return 2
    return report(importlib.import_module(f"bench.{arguments[0]}").run())


def report(targets: Iterable[Target]) -> int:
    """One line a target, then the count. Returns the exit status: 1 when one misses."""
    measured = []
    for target in targets:
        print(target, flush=True)
        measured.append(target)
    held = sum(target.holds for target in measured)
    print(f"{held} of {len(measured)} targets hold")
    return 0 if measured and held == len(measured) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
