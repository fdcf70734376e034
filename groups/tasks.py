"""What the clock asks of groups."""

from celery import shared_task

from groups import services


@shared_task
def forget_words() -> int:
    said = services.forget_words() + services.forget_farewells()
    return said + services.forget_wishes() + services.end_long_waits() + services.forget_proposals()


@shared_task
def tell_news() -> int:
    return services.tell_news()


@shared_task
def resume_due() -> int:
    return services.resume_due()


@shared_task
def archive_due() -> int:
    return services.archive_due()


@shared_task
def tell_endings() -> int:
    return services.tell_endings()


@shared_task
def run_out_offers() -> int:
    return services.run_out_offers()


@shared_task
def run_out_proposals() -> int:
    return services.run_out_proposals()


@shared_task
def remind_endings() -> int:
    return services.remind_endings()
