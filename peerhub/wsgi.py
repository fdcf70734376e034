"""The door for gunicorn: `peerhub.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
application = get_wsgi_application()

from peerhub.startup import verify  # noqa: E402  # apps must be loaded first

verify()
