from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import migrations, models
from django.db.models import BigIntegerField, F, Func, Q, Value


def _free(name: str, whose: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (Func(F(whose), F(whose), Value("[]"), function="int8range", output_field=BigIntegerField()), "="),
            (
                Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                RangeOperators.OVERLAPS,
            ),
        ],
        condition=Q(**{f"{whose}__isnull": False, "live": True}),
        deferrable=models.Deferrable.IMMEDIATE,
    )


class Migration(migrations.Migration):
    """What begins soon is found by its start. The two constraints are called by their fields: the SQL is the same."""

    dependencies = [("group_sessions", "0008_what_is_left")]

    operations = [
        migrations.AddIndex("groupsession", models.Index(fields=["starts_at"], name="session_by_start")),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("booking", "booking_host_free"),
                migrations.RemoveConstraint("booking", "booking_room_free"),
                migrations.AddConstraint("booking", _free("booking_host_free", "host")),
                migrations.AddConstraint("booking", _free("booking_room_free", "room")),
            ]
        ),
    ]
