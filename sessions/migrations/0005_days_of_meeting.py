from django.db import migrations

# As groups.finding and sessions.services.days say it from now on.
FILL = """
UPDATE groups_group SET meets = ahead.marks FROM (
  SELECT group_id, array_agg(DISTINCT
    extract(isodow FROM local_date) || CASE WHEN local_time >= '17:00' THEN '-evening' ELSE '-daytime' END) AS marks
  FROM group_sessions_groupsession WHERE state = 'scheduled' AND starts_at > now() GROUP BY group_id
) AS ahead WHERE ahead.group_id = groups_group.id
"""


class Migration(migrations.Migration):
    """Groups that meet already are found by their days."""

    dependencies = [("group_sessions", "0004_the_sequence_rises"), ("groups", "0006_meets")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
