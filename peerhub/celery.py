"""The clock and the muscle. What is due stands in the database; Celery only wakes up and looks."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")

app = Celery("peerhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "heartbeat": {"task": "people.tasks.beat", "schedule": 60.0},
    "send due messages": {"task": "notices.tasks.send_due", "schedule": 60.0},
    "ask who is due": {"task": "checkins.tasks.ask_due", "schedule": 60.0},
    "remind of check-ins": {"task": "checkins.tasks.remind", "schedule": 900.0},
    "go on to the next people": {"task": "checkins.tasks.escalate", "schedule": 60.0},
    "tell what is late": {"task": "checkins.tasks.tell_late", "schedule": 900.0},
    "let check-ins lapse": {"task": "checkins.tasks.lapse_old", "schedule": crontab(minute=20)},
    "move lines on": {"task": "sessions.tasks.move_lines_on", "schedule": 120.0},
    "end visits": {"task": "sessions.tasks.end_visits", "schedule": crontab(minute=5)},
    "forget guests": {"task": "sessions.tasks.forget_names", "schedule": crontab(hour=0, minute=50)},
    "decide what nobody took": {"task": "sessions.tasks.run_out_calls", "schedule": 60.0},
    "tell that nobody is there": {"task": "sessions.tasks.raise_alarms", "schedule": 60.0},
    "remind of sessions": {"task": "sessions.tasks.remind", "schedule": 180.0},
    "ask to close what is over": {"task": "sessions.tasks.remind_to_close", "schedule": crontab(minute=15)},
    "set sessions by the wall clock": {"task": "sessions.tasks.rederive_clocks", "schedule": crontab(hour=2, minute=0)},
    "keep sessions ahead": {"task": "sessions.tasks.keep_ahead", "schedule": crontab(hour=2, minute=10)},
    "tell what is news": {"task": "groups.tasks.tell_news", "schedule": 60.0},
    "end what is over": {"task": "groups.tasks.archive_due", "schedule": crontab(minute=25)},
    "tell what ends soon": {"task": "groups.tasks.tell_endings", "schedule": crontab(hour=1, minute=30)},
    "forget what was asked with": {"task": "groups.tasks.forget_words", "schedule": crontab(hour=0, minute=40)},
    "let offers run out": {"task": "groups.tasks.run_out_offers", "schedule": 60.0},
    "bring people back from a break": {"task": "groups.tasks.resume_due", "schedule": crontab(minute=5)},
    "let proposals run out": {"task": "groups.tasks.run_out_proposals", "schedule": crontab(minute=35)},
    "ask pairs to look back": {"task": "groups.tasks.remind_endings", "schedule": crontab(hour=6, minute=15)},
    "tell again of concerns": {"task": "notes.tasks.remind_of_concerns", "schedule": 300.0},
    "tell who is new to a report": {"task": "notes.tasks.remind_of_reports", "schedule": 300.0},
    "empty old notes": {"task": "notes.tasks.empty_old", "schedule": crontab(hour=0, minute=30)},
}


@worker_init.connect
def refuse_an_unsafe_place(**_: Any) -> None:
    from peerhub.startup import verify  # models are not loaded when this module is

    verify()
