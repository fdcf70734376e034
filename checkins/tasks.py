"""What the clock asks of check-ins."""

from celery import shared_task

from checkins import services


@shared_task
def ask_due() -> int:
    asked = services.ask_due()
    services.tell_asked()
    return asked


@shared_task
def lapse_old() -> int:
    return services.lapse_old()


@shared_task
def remind() -> int:
    return services.remind_waiting()


@shared_task
def escalate() -> int:
    return services.escalate()


@shared_task
def tell_late() -> int:
    return services.tell_late()
