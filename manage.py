#!/usr/bin/env python
"""Django's management commands. `python3 dev.py manage …` runs them against the demo's servers."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", None):
            raise  # it answered; what it said is for whoever wrote the command
        why = str(problem).splitlines()[0].strip()
        sys.exit(f"PeerHub cannot start: the database does not answer. Check DATABASE_URL. ({why})")


if __name__ == "__main__":
    main()
