"""What the clock asks of sessions."""

from celery import shared_task

from sessions import services


@shared_task
def keep_ahead() -> int:
    return services.keep_ahead()


@shared_task
def end_visits() -> int:
    return services.end_visits()


@shared_task
def forget_names() -> int:
    """Of guests who came once, and of those who said how a session was."""
    return services.forget_guests() + services.forget_who_said()


@shared_task
def run_out_calls() -> int:
    """Ask those whose turn it is, and decide what nobody took."""
    return services.ask_others() + services.run_out_calls()


@shared_task
def raise_alarms() -> int:
    return services.raise_alarms()


@shared_task
def remind() -> int:
    return services.remind()


@shared_task
def remind_to_close() -> int:
    return services.remind_to_close()


@shared_task
def move_lines_on() -> int:
    return services.move_lines_on()


@shared_task
def rederive_clocks() -> int:
    return services.rederive_clocks()
