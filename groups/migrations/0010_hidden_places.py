from importlib import import_module

from django.db import migrations

before = import_module("groups.migrations.0006_meets")

SEARCH_OF = before.SEARCH_OF.replace(" g.place,", " CASE WHEN NOT g.hides_place THEN g.place END,")
KEEP_SEARCH = before.KEEP_SEARCH.replace("NEW.place,", "NEW.place, NEW.hides_place,").replace(
    "OLD.place,", "OLD.place, OLD.hides_place,"
)
ANEW = "UPDATE groups_group SET search = NULL WHERE hides_place"


class Migration(migrations.Migration):
    """A place that a group hides is not found by its words (R85)."""

    dependencies = [("groups", "0009_beginnings")]
    operations = [
        migrations.RunSQL(
            before._instead(SEARCH_OF + KEEP_SEARCH),
            before._instead(before.SEARCH_OF + before.KEEP_SEARCH) + ANEW,
        ),
        migrations.RunSQL(ANEW, migrations.RunSQL.noop),
    ]
