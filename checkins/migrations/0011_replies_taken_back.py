from importlib import import_module

from django.db import migrations, models

import people.sealed

READABLE = import_module("checkins.migrations.0005_reply_row_security").READABLE
OWN = f"author_id = nullif(current_setting('app.user_id', true), '')::bigint AND {READABLE}"
MAKE = f"""
CREATE POLICY reply_take_back ON checkins_reply FOR UPDATE USING ({OWN})
  WITH CHECK (words IS NULL AND taken_back_at IS NOT NULL AND {OWN});
"""
UNDO = "DROP POLICY reply_take_back ON checkins_reply;"


class Migration(migrations.Migration):
    """Its author can empty a message, and change nothing else about it."""

    dependencies = [("checkins", "0010_drop_after_missed")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="reply",
            name="words",
            field=people.sealed.SealedField(null=True),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_at", None), ("words__isnull", False)),
                    models.Q(("taken_back_at__isnull", False), ("words", None)),
                    _connector="OR",
                ),
                name="reply_taken_back_is_empty",
            ),
        ),
        migrations.RunSQL(MAKE, UNDO),
    ]
