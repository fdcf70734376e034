"""What the end of a week does to a question that nobody answered: it is let go."""

from django.db import connection, transaction

from checkins.services.resting import look_after_silence
from checkins.services.weeks import Weeks, weeks_now

BATCH = 5000
LET_GO = """
    WITH over AS MATERIALIZED (
        SELECT row.id FROM checkins_checkin AS row JOIN people_user AS person ON person.id = row.user_id
        JOIN unnest(%s::text[], %s::date[], %s::timestamptz[], %s::date[]) AS now (zone, monday, began, today)
            ON now.zone = person.time_zone AND row.week < now.monday AND row.asked_at < now.began
        WHERE row.state IN ('asked', 'reminded') LIMIT %s FOR UPDATE OF row SKIP LOCKED
    )
    UPDATE checkins_checkin SET state = 'lapsed' FROM over WHERE checkins_checkin.id = over.id
    RETURNING checkins_checkin.user_id
"""


def lapse_old() -> int:
    """Let go of questions whose week is over. Nobody is told, and late is still welcome. Returns how many.

    A row that is held is being answered, or let go by another worker: it is left to them, or to the next hour.
    """
    weeks = weeks_now()
    gone = 0
    while batch := _lapse_batch(weeks):
        gone += batch
    return gone


@transaction.atomic
def _lapse_batch(weeks: Weeks) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, [*weeks, BATCH])
        users = [user for (user,) in cursor.fetchall()]
    if users:
        look_after_silence(users)
    return len(users)
