"""After long silence: one question whether to rest, then a pause without a word to anybody (R44)."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from checkins.models import Rhythm
from checkins.services.rhythms import locked, save_planned
from notices.services import tell
from people import audit
from people.models import User

SILENT = 4  # questions in a row
NOT_WITH_IT = timedelta(days=2)  # after the next question: two mails on one morning would be too many
SILENCE = """
    SELECT rhythm.user_id, rhythm.rest_asked_at IS NOT NULL
    FROM checkins_rhythm AS rhythm CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE silent) AS silent, min(asked_at) AS first, max(asked_at) AS last
        FROM (SELECT state = 'lapsed' AND skipped_at IS NULL AS silent, asked_at FROM checkins_checkin
            WHERE user_id = rhythm.user_id ORDER BY week DESC LIMIT %(silent)s) AS question
    ) AS latest
    WHERE rhythm.user_id = ANY(%(users)s) AND rhythm."on" AND rhythm.paused_at IS NULL
        AND latest.silent = %(silent)s AND latest.first > coalesce(rhythm.heard_at, '-infinity')
        AND (rhythm.rest_asked_at IS NULL OR latest.last > rhythm.rest_asked_at)
    ORDER BY rhythm.user_id FOR NO KEY UPDATE OF rhythm
"""


def look_after_silence(users: list[int]) -> None:
    """These people have let another question go. Whoever did four times is asked once whether to rest.

    Whoever lets the next one go too is paused, until they say so. Part of the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(SILENCE, {"users": users, "silent": SILENT})
        found = cursor.fetchall()
    _ask_to_rest([user for user, was_asked in found if not was_asked])
    _rest([user for user, was_asked in found if was_asked])


def _ask_to_rest(users: list[int]) -> None:
    now = timezone.now()
    if users and Rhythm.objects.filter(user__in=users).update(rest_asked_at=now):
        people = User.objects.filter(pk__in=users)
        tell(people, "checkin.rest", f"rest {now:%Y-%m-%d}", after=NOT_WITH_IT)


def _rest(users: list[int]) -> None:
    for rhythm in Rhythm.objects.filter(user__in=users).select_related("user"):
        rhythm.paused_at, rhythm.next_at = timezone.now(), None
        rhythm.save(update_fields=["paused_at", "next_at"])
        audit.record(None, "rhythm.rest", rhythm, about=rhythm.user)


@transaction.atomic
def keep_asking(user: User) -> Rhythm:
    """The person says to go on. Silence until now is forgotten; a pause, if we made one meanwhile, ends."""
    rhythm = locked(user)
    rhythm.rest_asked_at, rhythm.heard_at = None, timezone.now()
    if rhythm.waits_for_return:
        rhythm.paused_at = None
    return save_planned(user, rhythm, "rhythm.keep")


def heard_from(user: User) -> None:
    """The person answered or skipped a question: whether to rest is asked no more. Part of the caller's transaction."""
    Rhythm.objects.filter(user=user, paused_at=None).exclude(rest_asked_at=None).update(rest_asked_at=None)
