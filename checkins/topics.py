"""What people are told about check-ins and follow-ups."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from checkins.letters import link_path
from checkins.models import CheckIn, FollowUp
from groups.models import Membership
from notices.registry import Ids, Topic
from people.models import User
from people.policy import can
from resources.models import CrisisLine


def _checkin(user: User, ids: Ids) -> CheckIn:
    return CheckIn.objects.select_related("user").get(user=user, week=date.fromisoformat(ids["week"]))


def _may_be_asked(user: User, ids: Ids) -> bool:
    """Still unanswered, and still in a group: who left meanwhile is asked nothing."""
    belongs = Membership.objects.belonging().filter(user=user)
    return belongs.exists() and CheckIn.objects.waiting().filter(user=user, week=ids["week"]).exists()


def _ask_line(ids: Ids, user: User) -> str:
    return _("How has your week been? Two taps, if you feel like it.")


def _ask_link(ids: Ids, user: User) -> str:
    return reverse("checkins:checkin")


def _signed_link(ids: Ids, user: User) -> str:
    return link_path(_checkin(user, ids))


def _ask_context(ids: Ids, user: User) -> dict[str, Any]:
    checkin = _checkin(user, ids)
    link = settings.SITE_URL + link_path(checkin)
    return {
        "prompt": checkin.prompt,
        "choices": [(f"{link}?a={value}", word) for value, word in CheckIn.Mood.choices],
        "lines": CrisisLine.objects.confirmed(),
        "messages_url": settings.SITE_URL + reverse("checkins:messages"),
    }


def _followup(ids: Ids) -> FollowUp | None:
    return FollowUp.objects.select_related("group").filter(public_id=ids["followup"]).first()


def _may_keep(user: User, ids: Ids) -> bool:
    followup = _followup(ids)
    return followup is not None and followup.is_open and can(user, "followup.keep", followup)


def _followup_line(ids: Ids, user: User) -> str:
    return _("There is somebody to look after in a group of yours.")


def _followup_link(ids: Ids, user: User) -> str:
    return reverse("checkins:follow-up", args=[ids["followup"]])


TOPICS: list[Topic] = [
    Topic(
        name="checkin.ask",
        area="checkins",
        may=_may_be_asked,
        line=_ask_line,
        link=_ask_link,
        discreet_link=_signed_link,
        template="checkins/mail/ask",
        context=_ask_context,
    ),
    Topic(
        name="followup.opened",
        area="looking_after",
        may=_may_keep,
        line=_followup_line,
        link=_followup_link,
        template="checkins/mail/followup",
    ),
]
