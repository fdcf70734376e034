"""Whether somebody may say hello after a missed session was a flag that stood on; now it is a yes in the ledger.

Nobody was asked before. For those who belong to a group and left the flag on, it goes on, under a version of its
own whose words say so.
"""

from typing import Any

from django.db import migrations

GIVE = """
    INSERT INTO people_consent (user_id, purpose, version, channel, given_at)
    SELECT DISTINCT seat.user_id, 'hello', '0', '', now()
    FROM groups_membership AS seat
    WHERE seat.state IN ('active', 'paused')
    AND NOT EXISTS (SELECT FROM checkins_rhythm AS own WHERE own.user_id = seat.user_id AND NOT own.after_missed)
    ON CONFLICT DO NOTHING
"""
# Back: who would have no hello now, for whatever reason, is left be.
LEAVE_BE = """
    INSERT INTO checkins_rhythm ("on", every, weekday, part, hour, remind, user_id, after_missed)
    SELECT false, 'week', 0, '', 10, false, seat.user_id, false FROM groups_membership AS seat
    WHERE seat.state IN ('active', 'paused')
    ON CONFLICT (user_id) DO NOTHING;
    UPDATE checkins_rhythm AS own SET after_missed = EXISTS (SELECT FROM people_consent AS yes
        WHERE yes.user_id = own.user_id AND yes.purpose = 'hello' AND yes.withdrawn_at IS NULL);
    DELETE FROM people_consent WHERE purpose = 'hello' AND version = '0' AND withdrawn_at IS NULL;
"""


class Migration(migrations.Migration):

    dependencies: Any = [
        ("checkins", "0008_asking"),
        ("groups", "0011_announcements"),
        ("people", "0005_quiet_hours_and_channels"),
    ]

    operations: Any = [migrations.RunSQL(GIVE, LEAVE_BE)]
