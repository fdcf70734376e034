"""Our settings and django-post-office, which sends through Django's own backend."""

from peerhub.settings import *  # noqa: F403
from peerhub.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "post_office"]
POST_OFFICE = {"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}, "BATCH_SIZE": 1000}
