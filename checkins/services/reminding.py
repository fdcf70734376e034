"""One gentle reminder of a question that waits, for those who said that one may come."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from checkins.services.weeks import Weeks, weeks_now
from notices.services import tell
from people.models import User

BATCH = 1000
AFTER = timedelta(days=2)  # how long a question waits before its one reminder
LEFT = timedelta(hours=12)  # nearer to the week's end nothing is said
CLAIM = """
    WITH waiting AS MATERIALIZED (
        SELECT row.id, row.user_id FROM checkins_checkin AS row
        JOIN people_user AS person ON person.id = row.user_id
        JOIN checkins_rhythm AS rhythm ON rhythm.user_id = row.user_id
        JOIN unnest(%(zones)s::text[], %(mondays)s::date[], %(begins)s::timestamptz[], %(days)s::date[])
                AS now (zone, monday, began, today)
            ON now.zone = person.time_zone AND (row.week >= now.monday OR row.asked_at >= now.began)
        WHERE row.state = 'asked' AND row.asked_at <= %(before)s AND row.told_at IS NOT NULL
            AND rhythm.remind AND rhythm."on" AND (rhythm.paused_at IS NULL OR rhythm.paused_until <= now.today)
        LIMIT %(batch)s FOR UPDATE OF row SKIP LOCKED
    )
    UPDATE checkins_checkin AS row SET state = 'reminded', reminded_at = %(now)s
    FROM waiting WHERE row.id = waiting.id RETURNING row.user_id, row.week
"""


def remind_waiting() -> int:
    """Remind once of what was asked two days ago and waits still. Returns how many are reminded.

    Not when the week is nearly over. Quiet hours hold the mail back, and it is dropped once the week has ended.
    """
    weeks = weeks_now(left=LEFT)
    reminded = 0
    while batch := _remind_batch(weeks):
        reminded += batch
    return reminded


@transaction.atomic
def _remind_batch(weeks: Weeks) -> int:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, weeks._asdict() | {"before": now - AFTER, "now": now, "batch": BATCH})
        rows = cursor.fetchall()
    who = User.objects.in_bulk([user for user, _week in rows])
    people: dict[date, list[User]] = defaultdict(list)
    for user, week in rows:
        people[week].append(who[user])
    for week, users in sorted(people.items()):
        tell(users, "checkin.remind", f"check-in {week} again", week=week.isoformat())
    return len(rows)
