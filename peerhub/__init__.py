"""The shell around the apps. The Celery app is made here, so that `shared_task` finds it."""

from peerhub.celery import app as celery_app

__all__ = ["celery_app"]
