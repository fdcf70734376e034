"""What the clock asks of check-ins."""

from celery import shared_task

from checkins import services


@shared_task
def ask_due() -> int:
    return services.ask_due()


@shared_task
def lapse_old() -> int:
    return services.lapse_old()
