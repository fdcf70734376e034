from django.db import migrations

MAKE = """
CREATE FUNCTION people_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit record is only ever added to';
END $$;
CREATE TRIGGER people_auditentry_append_only BEFORE UPDATE OR DELETE ON people_auditentry
  FOR EACH ROW EXECUTE FUNCTION people_audit_is_append_only();
"""
UNDO = """
DROP TRIGGER people_auditentry_append_only ON people_auditentry;
DROP FUNCTION people_audit_is_append_only();
"""


class Migration(migrations.Migration):
    """Not even the owner of the table changes what was recorded. TRUNCATE is kept from the application by its role."""

    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
