"""The door for gunicorn: `peerhub.wsgi:application`."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
django = get_wsgi_application()

from peerhub.middleware import without_charset  # noqa: E402  # apps must be loaded first
from peerhub.startup import verify  # noqa: E402

verify()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return django(without_charset(environ), start_response)
