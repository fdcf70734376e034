"""Django's migrate, run as the owner of the tables; afterwards the application gets its rights."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate

from peerhub.roles import as_owner, grant_to_application


class Command(Migrate):
    help = "Makes and changes the tables as DATABASE_OWNER_URL, then grants the application its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if not (options.get("plan") or options.get("check_unapplied")):
                call_command("createcachetable", database=options["database"], verbosity=0)
                grant_to_application()
