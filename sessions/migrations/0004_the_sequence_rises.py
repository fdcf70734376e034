from django.db import migrations

MAKE = """
CREATE FUNCTION group_sessions_sequence_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.sequence := OLD.sequence;
  NEW.changed_at := OLD.changed_at;
  IF (NEW.starts_at, NEW.ends_at, NEW.group_id, NEW.state = 'cancelled')
    IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.group_id, OLD.state = 'cancelled') THEN
    NEW.sequence := OLD.sequence + 1;
    NEW.changed_at := GREATEST(clock_timestamp(), OLD.changed_at);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER group_sessions_sequence_rises BEFORE UPDATE ON group_sessions_groupsession
  FOR EACH ROW EXECUTE FUNCTION group_sessions_sequence_rises();
"""
UNDO = """
DROP TRIGGER group_sessions_sequence_rises ON group_sessions_groupsession;
DROP FUNCTION group_sessions_sequence_rises();
"""


class Migration(migrations.Migration):
    """Whatever changes a session for people's calendars raises its sequence, and nothing else can touch it."""

    dependencies = [("group_sessions", "0003_calendar")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
