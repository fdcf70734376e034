"""What the clock asks of groups."""

from celery import shared_task

from groups import services


@shared_task
def forget_words() -> int:
    return services.forget_words()
