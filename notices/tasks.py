"""What the clock asks of the outbox."""

from celery import shared_task

from notices import services


@shared_task
def send_due() -> int:
    return services.send_due()
