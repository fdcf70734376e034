"""What the clock does with notes, reports and concerns."""

from celery import shared_task

from notes import services


@shared_task
def empty_old() -> int:
    return services.empty_old() + services.forget_reports() + services.forget_concerns()


@shared_task
def remind_of_concerns() -> int:
    return services.remind_of_concerns()


@shared_task
def remind_of_reports() -> int:
    return services.remind_of_reports()
