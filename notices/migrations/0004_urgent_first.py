"""What is urgent goes first; a new channel needs no migration."""

import notices.channels
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("notices", "0003_what_is_new")]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_due"),
        migrations.AddField(model_name="delivery", name="urgent", field=models.BooleanField(default=False)),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(choices=notices.channels.choices, default="email", max_length=8),
        ),
        migrations.AlterField(
            model_name="preference",
            name="channel",
            field=models.CharField(choices=notices.channels.choices, default="email", max_length=8),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["-urgent", "send_at", "id"], name="delivery_next", condition=models.Q(("state", "waiting"))
            ),
        ),
    ]
