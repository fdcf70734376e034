"""What people are told about groups. Neutral words: a list may be read over a shoulder."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from groups.models import Announcement, Group, Membership, Wish
from groups.querysets import WishQuerySet
from notices.registry import Ids, Topic, in_area
from people.models import User


def _still_asks(user: User, ids: Ids) -> bool:
    """A facilitator of that group, while the request waits for an answer."""
    return Membership.objects.decided_by(user).requested().filter(public_id=ids["membership"]).exists()


def _is_theirs(user: User, ids: Ids) -> bool:
    return Membership.objects.filter(user=user, public_id=ids["membership"]).exists()


def _belongs(user: User, ids: Ids) -> bool:
    return Membership.objects.belonging().filter(user=user, group__slug=ids["group"]).exists()


def _ends_then(user: User, ids: Ids) -> bool:
    """Somebody who belongs, while the day is still the one that was planned."""
    still = Group.objects.filter(slug=ids["group"], state=Group.State.OPEN, ends_on=ids["day"])
    return still.exists() and _belongs(user, ids)


def _waited(user: User, ids: Ids) -> bool:
    return Membership.objects.filter(user=user, group__slug=ids["group"], ended_at__isnull=False).exists()


def _group_ends(ids: Ids, user: User) -> str:
    return _("A group of yours ends on %(day)s.") % {"day": _day(ids)}


def _group_ended(ids: Ids, user: User) -> str:
    return _("A group of yours has ended. Its page stays open to you.")


def _request_ended(ids: Ids, user: User) -> str:
    return _("A group that you asked about has ended. There are others.")


def _day(ids: Ids) -> str:
    return date_format(date.fromisoformat(ids["day"]), "l j F")


def _with_day(ids: Ids, user: User) -> dict[str, Any]:
    return {"day": _day(ids)}


def _group_page(ids: Ids, user: User) -> str:
    return reverse("groups:detail", args=[ids["group"]])


def _all_groups(ids: Ids, user: User) -> str:
    return reverse("groups:list")


def _runs_it_with_them(user: User, ids: Ids) -> bool:
    """A facilitator of that group, while the person is still there."""
    return Membership.objects.decided_by(user).coming().filter(public_id=ids["membership"]).exists()


def _somebody_came(ids: Ids, user: User) -> str:
    return _("Somebody new has come to a group that you run.")


def _person_page(ids: Ids, user: User) -> str:
    return reverse("groups:member", args=[ids["group"], ids["membership"]])


def _somebody_asks(ids: Ids, user: User) -> str:
    return _("Somebody asks to join a group that you run.")


def _has_answer(ids: Ids, user: User) -> str:
    return _("Your request has an answer.")


def _request_page(ids: Ids, user: User) -> str:
    return reverse("groups:request", args=[ids["group"], ids["membership"]])


def _sent_page(ids: Ids, user: User) -> str:
    return reverse("groups:ask-sent", args=[ids["group"]])


def _is_offered(user: User, ids: Ids) -> bool:
    """While the place is held for them: whoever answered in the meantime gets no mail about it."""
    return Membership.objects.offered().filter(user=user, public_id=ids["membership"]).exists()


def _place_is_free(ids: Ids, user: User) -> str:
    return _("A place is free. It is held for you for a while.")


def _place_went_on(ids: Ids, user: User) -> str:
    if not ids["again"]:
        return _("The place is not held for you any more. You can wait for the next one.")
    if ids["went"]:
        return _("The place went to the next person. You are still in line.")
    return _("The place is not held for you any more. You are still in line.")


def _until_when(ids: Ids, user: User) -> dict[str, Any]:
    return {"until": Membership.objects.get(public_id=ids["membership"]).offered_until}


def _where_it_stands(ids: Ids, user: User) -> dict[str, Any]:
    return {"words": _place_went_on(ids, user)}


def _offer_page(ids: Ids, user: User) -> str:
    return reverse("groups:offer", args=[ids["group"]])


def _is_back(user: User, ids: Ids) -> bool:
    active = Membership.objects.filter(user=user, state=Membership.State.ACTIVE)
    return active.filter(public_id=ids["membership"]).exists()


def _break_is_over(ids: Ids, user: User) -> str:
    return _("Your break is over. Your place is as it was.")


def _may_say_if_it_fits(user: User, ids: Ids) -> bool:
    return Membership.objects.asked_fit().filter(user=user, public_id=ids["membership"]).exists()


def _does_it_fit(ids: Ids, user: User) -> str:
    return _("You have come a few times. Does it fit?")


def _fit_page(ids: Ids, user: User) -> str:
    return reverse("groups:fit", args=[ids["group"]])


def _is_put_out(user: User, ids: Ids) -> bool:
    return Membership.objects.put_out().filter(user=user, public_id=ids["membership"]).exists()


def _place_has_ended(ids: Ids, user: User) -> str:
    return _("Something has changed about your place.")


def _left_page(ids: Ids, user: User) -> str:
    return reverse("groups:left", args=[ids["group"]])


def _own_wishes(user: User, ids: Ids) -> WishQuerySet:
    return Wish.objects.filter(user=user, public_id=ids["wish"], ended_at=None)


def _may_hear_of_it(user: User, ids: Ids) -> bool:
    """It is still wished for, and what opened can still be found."""
    return _own_wishes(user, ids).filter(suggestion__listed=True, suggestion__state="open").exists()


def _wished(user: User, ids: Ids) -> bool:
    return _own_wishes(user, ids).exists()


def _something_fits(ids: Ids, user: User) -> str:
    return _("Something like what you wait for has opened.")


def _wish_has_answer(ids: Ids, user: User) -> str:
    return _("What you sent us has an answer.")


def _wish_is_over(user: User, ids: Ids) -> bool:
    return Wish.objects.filter(user=user, public_id=ids["wish"], ended_at__isnull=False).exists()


def _nothing_came(ids: Ids, user: User) -> str:
    return _("What you wait for has not come in a year. You can ask again any time.")


def _wishes_page(ids: Ids, user: User) -> str:
    return reverse("groups:nothing-fits")


def _came(user: User, ids: Ids) -> bool:
    return Membership.objects.filter(user=user, public_id=ids["membership"], state="visited").exists()


def _visit_is_over(ids: Ids, user: User) -> str:
    return _("You came once. You decide whether you come again.")


def _talk_waits(user: User, ids: Ids) -> bool:
    """A time stands there to be answered, and the request still waits."""
    asked = Membership.objects.filter(user=user, public_id=ids["membership"], talk__state="offered")
    return asked.filter(state__in=["requested", "waitlisted"]).exists()


def _talk_offered(ids: Ids, user: User) -> str:
    return _("There is a time for a short talk, if you like one.")


def _may_read_answer(user: User, ids: Ids) -> bool:
    return Membership.objects.decided_by(user).filter(public_id=ids["membership"], talk__isnull=False).exists()


def _talk_answered(ids: Ids, user: User) -> str:
    return _("The talk that you offered has an answer.")


def _is_asked_to_pair(user: User, ids: Ids) -> bool:
    """While the answer is still to come."""
    asked = Membership.objects.filter(user=user, state=Membership.State.INVITED, decided_at=None)
    return asked.filter(group__slug=ids["group"]).exists()


def _was_of_pair(user: User, ids: Ids) -> bool:
    return Membership.objects.filter(user=user, group__slug=ids["group"], ended_at__isnull=False).exists()


def _coordinates(user: User, ids: Ids) -> bool:
    return Membership.objects.facilitated_by(user).filter(group__slug=ids["group"]).exists()


def _pair_page(ids: Ids, user: User) -> str:
    return reverse("groups:pair", args=[ids["group"]])


def _review_page(ids: Ids, user: User) -> str:
    return reverse("groups:pair-review", args=[ids["group"]])


def _pairs_page(ids: Ids, user: User) -> str:
    return reverse("groups:run-pairs", args=[ids["group"]])


def _says(words: str) -> Callable[[Ids, User], str]:
    """The same line for everybody, in the reader's language."""

    def line(ids: Ids, user: User) -> str:
        return _(words)

    return line


def _was_told(user: User, ids: Ids) -> bool:
    """Somebody of that group, once its time to be taken back is over."""
    return Announcement.objects.visible_to(user).filter(public_id=ids["news"], told_at__isnull=False).exists()


def _news_page(ids: Ids, user: User) -> str:
    return reverse("groups:news-item", args=[ids["group"], ids["news"]])


_NEWS = _noop("There is news from people you know.")
_PROPOSED = _noop("Somebody would like to go part of the way with you.")
_BEGUN = _noop("You both said yes.")
_TO_AGREE = _noop("There is something to agree to, for the two of you.")
_AGREED = _noop("You both agree now.")
_LOOK_BACK = _noop("The two of you have about three weeks left.")
_PARTED = _noop("Something between two people has come to its end.")
_WANTED = _noop("Somebody in your programme looks for a person to go with them.")

OWN = [
    Topic("pair.proposed", _is_asked_to_pair, _says(_PROPOSED), _pair_page, "groups/mail/pair_proposed"),
    Topic("pair.begun", _belongs, _says(_BEGUN), _pair_page, "groups/mail/pair_begun"),
    Topic("pair.agreement", _belongs, _says(_TO_AGREE), _pair_page, "groups/mail/pair_agreement"),
    Topic("pair.agreed", _belongs, _says(_AGREED), _pair_page, "groups/mail/pair_agreed"),
    Topic("pair.ending", _ends_then, _says(_LOOK_BACK), _review_page, "groups/mail/pair_ending"),
    Topic("pair.ended", _was_of_pair, _says(_PARTED), _pair_page, "groups/mail/pair_ended"),
    Topic("visit.over", _came, _visit_is_over, _sent_page, "groups/mail/visit_over"),
    Topic("talk.offered", _talk_waits, _talk_offered, _sent_page, "groups/mail/talk_offered"),
    Topic("group.fits", _may_hear_of_it, _something_fits, _wishes_page, "groups/mail/group_fits"),
    Topic("wish.ended", _wish_is_over, _nothing_came, _wishes_page, "groups/mail/wish_ended"),
    Topic("wish.answered", _wished, _wish_has_answer, _wishes_page, "groups/mail/wish_answered"),
    Topic(
        name="place.offered",
        may=_is_offered,
        line=_place_is_free,
        link=_offer_page,
        template="groups/mail/place_offered",
        context=_until_when,
    ),
    Topic(
        name="place.run_out",
        may=_is_theirs,
        line=_place_went_on,
        link=_offer_page,
        template="groups/mail/place_run_out",
        context=_where_it_stands,
    ),
    Topic("pause.over", _is_back, _break_is_over, _group_page, "groups/mail/pause_over"),
    Topic("fit.asked", _may_say_if_it_fits, _does_it_fit, _fit_page, "groups/mail/fit_asked"),
    Topic("membership.ended", _is_put_out, _place_has_ended, _left_page, "groups/mail/membership_ended"),
    Topic("group.ending", _ends_then, _group_ends, _group_page, "groups/mail/group_ending", _with_day),
    Topic("group.ended", _belongs, _group_ended, _group_page, "groups/mail/group_ended"),
    Topic("request.ended", _waited, _request_ended, _all_groups, "groups/mail/request_ended"),
    Topic(
        name="request.answered",
        may=_is_theirs,
        line=_has_answer,
        link=_sent_page,
        template="groups/mail/request_answered",
    ),
]
LOOKING_AFTER = [
    Topic("mentor.wanted", _coordinates, _says(_WANTED), _pairs_page, "groups/mail/mentor_wanted"),
    Topic("talk.answered", _may_read_answer, _talk_answered, _request_page, "groups/mail/talk_answered"),
    Topic("somebody.came", _runs_it_with_them, _somebody_came, _person_page, "groups/mail/somebody_came"),
    Topic(
        name="request.made",
        may=_still_asks,
        line=_somebody_asks,
        link=_request_page,
        template="groups/mail/request_made",
    ),
]
TOPICS = [
    Topic("news.written", _was_told, _says(_NEWS), _news_page, "groups/mail/news", area="news"),
    *in_area("groups", *OWN),
    *in_area("looking_after", *LOOKING_AFTER),
]
