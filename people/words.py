"""Says from when to when, as each language writes its times (docs/decisions/0023), and on whose clock."""

from datetime import datetime, time

from django.utils.formats import get_format, time_format
from django.utils.translation import gettext as _


def clock_words(start: datetime | time, end: datetime | time) -> str:
    """On the clocks these two carry: 7:00 to 8:15 pm, 11:30 am to 1:00 pm, or 19:00 to 20:15."""
    own = get_format("TIME_FORMAT")
    same_half = (start.hour < 12) == (end.hour < 12)
    return _("%(start)s to %(end)s") % {
        "start": time_format(_clock(start), own.removesuffix(" a") if same_half else own),
        "end": time_format(_clock(end), own),
    }


def zone_words(name: str) -> str:
    """`Europe/London` as people say it: London time."""
    if "/" not in name:
        return name
    return _("%(city)s time") % {"city": name.rsplit("/", 1)[-1].replace("_", " ")}


def _clock(moment: datetime | time) -> time:
    return moment.time() if isinstance(moment, datetime) else moment
