"""What people are told about groups. Neutral words: a list may be read over a shoulder."""

from django.urls import reverse
from django.utils.translation import gettext as _

from groups.models import Membership
from notices.registry import Ids, Topic
from people.models import User


def _still_asks(user: User, ids: Ids) -> bool:
    """A facilitator of that group, while the request waits for an answer."""
    return Membership.objects.decided_by(user).requested().filter(public_id=ids["membership"]).exists()


def _is_theirs(user: User, ids: Ids) -> bool:
    return Membership.objects.filter(user=user, public_id=ids["membership"]).exists()


def _somebody_asks(ids: Ids, user: User) -> str:
    return _("Somebody asks to join a group that you run.")


def _has_answer(ids: Ids, user: User) -> str:
    return _("Your request has an answer.")


def _request_page(ids: Ids, user: User) -> str:
    return reverse("groups:request", args=[ids["group"], ids["membership"]])


def _sent_page(ids: Ids, user: User) -> str:
    return reverse("groups:ask-sent", args=[ids["group"]])


TOPICS = [
    Topic(
        name="request.made",
        may=_still_asks,
        line=_somebody_asks,
        link=_request_page,
        template="groups/mail/request_made",
    ),
    Topic(
        name="request.answered",
        may=_is_theirs,
        line=_has_answer,
        link=_sent_page,
        template="groups/mail/request_answered",
    ),
]
