from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("checkins", "0005_reply_row_security")]
    operations = [
        migrations.AddField(
            model_name="rhythm",
            name="heard_at",
            field=models.DateTimeField(blank=True, null=True),
        )
    ]
