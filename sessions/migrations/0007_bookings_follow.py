from django.db import migrations

# Django knows no foreign key over several columns. This one carries the times and the state of a session into its
# bookings: whoever moves a session moves host and room with it, or is refused by booking_host_free.
MAKE = """
ALTER TABLE group_sessions_booking ADD CONSTRAINT booking_follows_session
  FOREIGN KEY (session_id, starts_at, ends_at, live)
  REFERENCES group_sessions_groupsession (id, starts_at, ends_at, live) ON UPDATE CASCADE
"""
UNDO = "ALTER TABLE group_sessions_booking DROP CONSTRAINT booking_follows_session"


class Migration(migrations.Migration):
    """Bookings follow their session (architecture: what was measured, double booking)."""

    dependencies = [("group_sessions", "0006_the_evening")]
    operations = [migrations.RunSQL(MAKE, UNDO)]
