"""Sends all that is due, in a process of its own: `python -m bench.mails.sender ours` or `... post_office 1`.

Says that it is ready, waits for a line, sends, and says how many seconds of processor time that took.
"""

import os
import sys
from functools import partial

import django
from django.urls import get_resolver


def main(who: str, processes: int = 1) -> None:
    if who == "post_office":
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.mails.post_office"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
    django.setup()
    get_resolver().url_patterns  # noqa: B018  # a worker has them loaded long since
    send = partial(post_office, processes) if who == "post_office" else ours
    print("ready", flush=True)
    sys.stdin.readline()
    before = sum(os.times()[:4])  # of its children, too
    send()
    print(sum(os.times()[:4]) - before, flush=True)


def ours() -> None:
    from notices.services import send_due  # noqa: PLC0415

    while send_due():
        pass


def post_office(processes: int) -> None:
    from post_office.mail import send_queued_mail_until_done  # noqa: PLC0415

    send_queued_mail_until_done(processes=processes)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
