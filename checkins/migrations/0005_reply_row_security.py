from django.db import migrations

# Whoever it is about; and, never about themselves, who runs the group now or looks after safety.
READABLE = """
  followup_id = ANY (ARRAY(
    SELECT f.id FROM checkins_followup f
    WHERE f.about_id = nullif(current_setting('app.user_id', true), '')::bigint
    UNION ALL
    SELECT f.id FROM checkins_followup f JOIN groups_membership m ON m.group_id = f.group_id
    WHERE m.role = 'facilitator' AND m.state = 'active' AND f.about_id <> m.user_id
      AND m.user_id = nullif(current_setting('app.user_id', true), '')::bigint
    UNION ALL
    SELECT f.id FROM checkins_followup f JOIN people_user u
      ON u.id = nullif(current_setting('app.user_id', true), '')::bigint
    WHERE u.is_safety_lead AND u.is_active AND f.about_id <> u.id))
"""
MAKE = f"""
ALTER TABLE checkins_reply ENABLE ROW LEVEL SECURITY;
ALTER TABLE checkins_reply FORCE ROW LEVEL SECURITY;
CREATE POLICY reply_read ON checkins_reply FOR SELECT USING ({READABLE});
CREATE POLICY reply_write ON checkins_reply FOR INSERT WITH CHECK (
  author_id = nullif(current_setting('app.user_id', true), '')::bigint AND {READABLE});
"""
UNDO = """
DROP POLICY reply_write ON checkins_reply;
DROP POLICY reply_read ON checkins_reply;
ALTER TABLE checkins_reply NO FORCE ROW LEVEL SECURITY;
ALTER TABLE checkins_reply DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """The second wall before what is written in follow-ups. What was written is never changed: no policy lets it."""

    dependencies = [("checkins", "0004_every_message"), ("groups", "0001_initial"), ("people", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
