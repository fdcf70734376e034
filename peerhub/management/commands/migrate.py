"""Django's migrate, run as the owner of the tables; afterwards the application gets its rights.

Going back needs a word of its own: what only the undone migrations keep is lost with their columns and tables.
"""

from typing import Any

from django.core.management import CommandError, CommandParser, call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import DataError, IntegrityError
from django.db.migrations import Migration
from django.db.models.signals import pre_migrate

from peerhub.roles import as_owner, grant_to_application


class Command(Migrate):
    help = "Makes and changes the tables as DATABASE_OWNER_URL, then grants the application its rights."
    undoing = ""  # the migration that is being undone at the moment

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--backwards", action="store_true", help="Go back, and lose what only the newer tables keep."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            self._migrate(*args, **options)
            if not (options.get("plan") or options.get("check_unapplied")):
                call_command("createcachetable", database=options["database"], verbosity=0)
                grant_to_application()

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "unapply_start":
            self.undoing = str(migration)
        super().migration_progress_callback(action, migration, fake)

    def _migrate(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when it would go back unasked, or when the data does not fit the older tables."""
        if not options["backwards"]:
            pre_migrate.connect(_refuse_to_go_back)
        try:
            super().handle(*args, **options)
        except (IntegrityError, DataError) as problem:
            if not self.undoing:
                raise
            raise CommandError(_does_not_fit(self.undoing, problem)) from problem
        finally:
            pre_migrate.disconnect(_refuse_to_go_back)


def _refuse_to_go_back(plan: list[tuple[Migration, bool]], **_: Any) -> None:
    undone = [str(migration) for migration, backwards in plan if backwards]
    if undone:
        raise CommandError(
            f"This would undo {', '.join(undone)}, and lose what only they keep. Nothing was changed. "
            "Back up the database, then add --backwards."
        )


def _does_not_fit(undoing: str, problem: Exception) -> str:
    """Names the rule of the older tables, never a row: it may hold people's words."""
    diagnosis = getattr(problem.__cause__, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "column_name", None) or "a column"
    return (
        f"{undoing} cannot be undone: there is data that the older tables have no place for ({rule}). "
        "This step changed nothing; what was undone before it stays undone."
    )
