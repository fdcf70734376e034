from django.db import migrations

READABLE = """
  note_id = ANY (ARRAY(
    SELECT n.id FROM notes_note n JOIN groups_membership m ON m.group_id = n.group_id
    WHERE m.role = 'facilitator' AND m.state = 'active'
      AND m.user_id = nullif(current_setting('app.user_id', true), '')::bigint
      AND (n.readers = 'facilitators' OR n.author_id = m.user_id)
      AND n.member_id IS DISTINCT FROM m.user_id))
"""
EXPIRED = "note_id = ANY (ARRAY(SELECT n.id FROM notes_note n WHERE n.retain_until <= current_date))"
MAKE = f"""
ALTER TABLE notes_noteversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes_noteversion FORCE ROW LEVEL SECURITY;
CREATE POLICY noteversion_read ON notes_noteversion FOR SELECT USING ({READABLE});
CREATE POLICY noteversion_add ON notes_noteversion FOR INSERT WITH CHECK (
  author_id = nullif(current_setting('app.user_id', true), '')::bigint AND {READABLE});
ALTER TABLE notes_notekey ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes_notekey FORCE ROW LEVEL SECURITY;
CREATE POLICY notekey_read ON notes_notekey FOR SELECT USING ({READABLE} OR {EXPIRED});
CREATE POLICY notekey_add ON notes_notekey FOR INSERT WITH CHECK ({READABLE});
CREATE POLICY notekey_empty ON notes_notekey FOR DELETE USING ({READABLE} OR {EXPIRED});
"""
UNDO = """
DROP POLICY notekey_empty ON notes_notekey;
DROP POLICY notekey_add ON notes_notekey;
DROP POLICY notekey_read ON notes_notekey;
ALTER TABLE notes_notekey NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notes_notekey DISABLE ROW LEVEL SECURITY;
DROP POLICY noteversion_add ON notes_noteversion;
DROP POLICY noteversion_read ON notes_noteversion;
ALTER TABLE notes_noteversion NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notes_noteversion DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """The second wall before notes. Keys of expired notes may be deleted by the clock, which reads no words."""

    dependencies = [("notes", "0001_initial"), ("groups", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
