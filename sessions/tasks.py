"""What the clock asks of sessions."""

from celery import shared_task

from sessions import services


@shared_task
def keep_ahead() -> int:
    return services.keep_ahead()


@shared_task
def end_visits() -> int:
    return services.end_visits()
