"""What people are told about reports and concerns. Neutral words: a list may be read over a shoulder."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from notes.models import Concern, Report
from notes.services import waits_for_anybody, waits_unread
from notices.registry import Ids, Topic
from people.models import Organisation, User
from people.policy import can


def _report(ids: Ids) -> Report | None:
    return Report.objects.filter(public_id=ids["report"]).first()


def _sees_to_it(user: User, ids: Ids) -> bool:
    report = _report(ids)
    return report is not None and report.state != Report.State.CLOSED and can(user, "report.read", report)


def _has_it_to_read(user: User, ids: Ids) -> bool:
    report = _report(ids)
    return report is not None and report.state == Report.State.NEW and can(user, "report.read", report)


def _could_find_somebody(user: User, ids: Ids) -> bool:
    """An admin whom it does not concern, while nobody may read it or nobody has in time."""
    report = _report(ids)
    return report is not None and user.is_admin and waits_for_anybody(report, user)


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


# -- concerns ----------------------------------------------------------------------------------
def _concern(ids: Ids) -> Concern | None:
    return Concern.objects.filter(public_id=ids["concern"]).first()


def _looks_after_it(user: User, ids: Ids) -> bool:
    concern = _concern(ids)
    return concern is not None and concern.closed_at is None and can(user, "concern.see", concern)


def _has_still_to_read(user: User, ids: Ids) -> bool:
    concern = _concern(ids)
    if concern is None or not can(user, "concern.see", concern):
        return False
    return Concern.objects.unseen().filter(pk=concern.pk).exists()


def _gives_out_parts(user: User, ids: Ids) -> bool:
    """An admin, while nobody may read it or nobody has in time; never of one about themself."""
    concern = _concern(ids)
    if concern is None or not user.is_admin or concern.about_id == user.pk:
        return False
    return waits_unread(concern)


def _wrote_it(user: User, ids: Ids) -> bool:
    seen = Concern.objects.visible_to(user).filter(author=user, seen_at__isnull=False)
    return seen.filter(public_id=ids["concern"]).exists()


def _something_to_read(ids: Ids, user: User) -> str:
    return _("Something was sent to you to read today.")


def _something_was_added(ids: Ids, user: User) -> str:
    return _("Something was added to what was sent to you.")


def _something_still_waits(ids: Ids, user: User) -> str:
    return _("Something that was sent to you still waits to be read.")


def _waits_for_somebody_new(ids: Ids, user: User) -> str:
    return _("Something waits for somebody new to read it. That can be you.")


def _nobody_has_read(ids: Ids, user: User) -> str:
    return _("Something waits, and nobody looks after it yet. See what you can do.")


def _overview(ids: Ids, user: User) -> str:
    return reverse("home:overview")


def _was_read(ids: Ids, user: User) -> str:
    return _("What you sent was read.")


def _concern_page(ids: Ids, user: User) -> str:
    return reverse("notes:concern", args=[ids["concern"]])


def _concern_sent_page(ids: Ids, user: User) -> str:
    """Where it stands, without a word of it."""
    return reverse("notes:concern-sent", args=[ids["concern"]])


def _in_open_hours(ids: Ids, user: User) -> datetime:
    """It wakes whoever it reaches only while the organisation is open (decision 0037)."""
    return Organisation.current().open_hours.next_open(timezone.now())


TOPICS: list[Topic] = [
    Topic(
        name="concern.sent",
        may=_looks_after_it,
        line=_something_to_read,
        link=_concern_page,
        template="notes/mail/concern_sent",
        area="looking_after",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="concern.added",
        may=_has_still_to_read,
        line=_something_was_added,
        link=_concern_page,
        template="notes/mail/concern_added",
        area="looking_after",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="concern.left",
        may=_has_still_to_read,
        line=_waits_for_somebody_new,
        link=_concern_page,
        template="notes/mail/concern_left",
        area="looking_after",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="concern.still",
        may=_has_still_to_read,
        line=_something_still_waits,
        link=_concern_page,
        template="notes/mail/concern_still",
        area="looking_after",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="concern.waits",
        may=_gives_out_parts,
        line=_nobody_has_read,
        link=_overview,
        template="notes/mail/concern_waits",
        area="organisation",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="concern.seen",
        may=_wrote_it,
        line=_was_read,
        link=_concern_sent_page,
        template="notes/mail/concern_seen",
        area="looking_after",
    ),
    Topic("report.made", _sees_to_it, _something_waits, _report_page, "notes/mail/report_made", area="looking_after"),
    Topic(
        name="report.left",
        may=_sees_to_it,
        line=_waits_for_somebody_new,
        link=_report_page,
        template="notes/mail/report_left",
        area="looking_after",
    ),
    Topic(
        name="report.still",
        may=_has_it_to_read,
        line=_something_still_waits,
        link=_report_page,
        template="notes/mail/concern_still",
        area="looking_after",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="report.waits",
        may=_could_find_somebody,
        line=_nobody_has_read,
        link=_overview,
        template="notes/mail/concern_waits",
        area="organisation",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic("report.closed", _made_it, _was_looked_at, _made_page, "notes/mail/report_closed", area="replies"),
]
