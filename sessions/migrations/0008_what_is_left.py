import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import people.sealed
import sessions.models.evening

# Answers of single people cannot be got back from sums, nor sums shared out among people: they go, both ways.
FORGET = "DELETE FROM group_sessions_feedback"
COUNTS = """
UPDATE group_sessions_groupsession s SET headcount = c.headcount
  FROM group_sessions_closing c WHERE c.session_id = s.id AND c.headcount IS NOT NULL
"""
BACK = """
UPDATE group_sessions_closing c SET headcount = s.headcount
  FROM group_sessions_groupsession s WHERE c.session_id = s.id AND s.headcount IS NOT NULL
"""


class Migration(migrations.Migration):
    """How many came is said of the session; feedback is added up; a summary says what was agreed."""

    dependencies = [
        ("group_sessions", "0007_bookings_follow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORGET, FORGET),
        migrations.AddField(
            model_name="groupsession",
            name="headcount",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.RunSQL(COUNTS, BACK),
        migrations.RemoveConstraint(
            model_name="closing",
            name="closing_headcount",
        ),
        migrations.RemoveConstraint(
            model_name="feedback",
            name="feedback_levels",
        ),
        migrations.RemoveField(
            model_name="closing",
            name="headcount",
        ),
        migrations.RemoveField(
            model_name="feedback",
            name="heard",
        ),
        migrations.RemoveField(
            model_name="feedback",
            name="pace",
        ),
        migrations.RemoveField(
            model_name="feedback",
            name="part_of_it",
        ),
        migrations.RemoveField(
            model_name="feedback",
            name="worthwhile",
        ),
        migrations.AddField(
            model_name="feedback",
            name="given",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=django.contrib.postgres.fields.ArrayField(
                    base_field=models.PositiveSmallIntegerField(), size=4
                ),
                default=sessions.models.evening.nothing_said,
                size=4,
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="shown",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=django.contrib.postgres.fields.ArrayField(
                    base_field=models.PositiveSmallIntegerField(), size=4
                ),
                default=sessions.models.evening.nothing_said,
                size=4,
            ),
        ),
        migrations.AddField(
            model_name="summary",
            name="agreed",
            field=people.sealed.SealedField(null=True),
        ),
        migrations.AlterField(
            model_name="feedback",
            name="session",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="feedback", to="group_sessions.groupsession"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("given__len", 4), ("shown__len", 4)), name="feedback_four_questions"
            ),
        ),
        migrations.AddConstraint(
            model_name="groupsession",
            constraint=models.CheckConstraint(
                condition=models.Q(("headcount", None), ("headcount__lte", 500), _connector="OR"),
                name="session_headcount",
            ),
        ),
    ]
