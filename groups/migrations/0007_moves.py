from django.db import migrations

# As `Membership.MOVES` says; tests/groups/test_state_machine.py tries every pair on both.
WAYS = {
    "requested": ["active", "visiting", "waitlisted", "declined", "left", "blocked"],
    "invited": ["active", "waitlisted", "declined", "left", "lapsed", "blocked"],
    "waitlisted": ["invited", "active", "visiting", "left", "declined", "blocked"],
    "visiting": ["active", "requested", "visited", "left", "removed", "blocked"],
    "active": ["paused", "left", "removed", "blocked"],
    "paused": ["active", "left", "removed", "blocked"],
    "blocked": ["removed"],
}
PAIRS = ", ".join(f"'{state}>{target}'" for state, targets in WAYS.items() for target in targets)
KEEP_TO_THE_WAYS = f"""
CREATE FUNCTION groups_membership_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state || '>' || NEW.state <> ALL (ARRAY[{PAIRS}]) THEN
    RAISE EXCEPTION 'no way from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_move';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER groups_membership_moves AFTER UPDATE OF state ON groups_membership
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION groups_membership_moves();
"""
LET_GO = "DROP TRIGGER groups_membership_moves ON groups_membership; DROP FUNCTION groups_membership_moves();"


class Migration(migrations.Migration):
    """A place moves along its ways and no others, whoever writes: what has ended stays ended."""

    dependencies = [("groups", "0006_meets")]
    operations = [migrations.RunSQL(KEEP_TO_THE_WAYS, LET_GO)]
