"""What people are told about reports. Neutral words: a list may be read over a shoulder."""

from django.urls import reverse
from django.utils.translation import gettext as _

from notes.models import Report
from notices.registry import Ids, Topic
from people.models import User
from people.policy import can


def _report(ids: Ids) -> Report | None:
    return Report.objects.filter(public_id=ids["report"]).first()


def _sees_to_it(user: User, ids: Ids) -> bool:
    report = _report(ids)
    return report is not None and report.state != Report.State.CLOSED and can(user, "report.read", report)


def _made_it(user: User, ids: Ids) -> bool:
    return Report.objects.filter(public_id=ids["report"], reporter=user, state=Report.State.CLOSED).exists()


def _something_waits(ids: Ids, user: User) -> str:
    return _("Something was passed on to you, to look at.")


def _was_looked_at(ids: Ids, user: User) -> str:
    return _("What you passed on was looked at.")


def _report_page(ids: Ids, user: User) -> str:
    return reverse("notes:report", args=[ids["report"]])


def _made_page(ids: Ids, user: User) -> str:
    return reverse("notes:reports-made")


TOPICS: list[Topic] = [
    Topic("report.made", _sees_to_it, _something_waits, _report_page, "notes/mail/report_made", area="looking_after"),
    Topic("report.closed", _made_it, _was_looked_at, _made_page, "notes/mail/report_closed", area="replies"),
]
