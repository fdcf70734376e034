import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def say_that_all_were_asked(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    calls = apps.get_model("group_sessions", "CoverCall")._default_manager
    calls.update(others_at=F("asked_at"), others_asked_at=F("asked_at"))


class Migration(migrations.Migration):
    """The second one is asked first, and then the others. Of calls that were made before, everybody knows."""

    dependencies = [("group_sessions", "0010_what_is_not_over")]

    operations = [
        migrations.AddField(
            "covercall",
            "declined_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                on_delete=django.db.models.deletion.PROTECT,
                blank=True,
                null=True,
                related_name="+",
            ),
        ),
        migrations.AddField("covercall", "others_asked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("covercall", "others_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.RunPython(say_that_all_were_asked, migrations.RunPython.noop),
    ]
