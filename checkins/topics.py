"""What people are told about check-ins and follow-ups."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from checkins.letters import link_path, pause_beside
from checkins.models import CheckIn, Duty, FollowUp, Rhythm
from checkins.rhythm import GRACE, WEEK
from checkins.services import may_be_greeted, waits_unopened
from groups.models import Group
from notices.registry import Ids, Topic
from people.local_time import instant, local_day
from people.models import Organisation, User
from people.policy import can
from resources.models import CrisisLine


def _checkin(user: User, ids: Ids) -> CheckIn:
    found: CheckIn | None = ids.get("found")
    return found or CheckIn.objects.select_related("user").get(user=user, week=date.fromisoformat(ids["week"]))


def _checkins(users: Sequence[User], ids: Ids) -> dict[int, Ids]:
    """Everybody's question of that week: all that its mail is made from."""
    known = {user.pk: user for user in users}
    found: dict[int, Ids] = {}
    for row in CheckIn.objects.filter(user__in=known, week=date.fromisoformat(ids["week"])):
        row.user = known[row.user_id]
        found[row.user_id] = {"found": row}
    return found


def _may_all_be_asked(users: Sequence[User], ids: Ids) -> set[int]:
    """Still unanswered, and still wanted: who left, paused or switched it off meanwhile is asked nothing."""
    return set(CheckIn.objects.wanted().filter(user__in=users, week=ids["week"]).values_list("user", flat=True))


def _may_be_asked(user: User, ids: Ids) -> bool:
    return user.pk in _may_all_be_asked([user], ids)


def _ask_line(ids: Ids, user: User) -> str:
    return _("How has your week been? Two taps, if you feel like it.")


def _ask_link(ids: Ids, user: User) -> str:
    return reverse("checkins:checkin")


def _signed_link(ids: Ids, user: User) -> str:
    return link_path(_checkin(user, ids))


def _ask_subject(ids: Ids, user: User) -> str:
    """A note for Monday: the day by the receiver's own calendar. Only for those who opted out of discreet mode."""
    weekday = WEEKDAYS[local_day(timezone.now(), user.zone).weekday()]
    return _("A note for %(weekday)s") % {"weekday": weekday}


def _ask_context(ids: Ids, user: User) -> dict[str, Any]:
    """Never the words that the organisation or a group asks in: those stand on the page alone (T1)."""
    checkin = _checkin(user, ids)
    link = settings.SITE_URL + link_path(checkin)
    return {
        "choices": [(f"{link}?a={value}", word) for value, word in CheckIn.Mood.choices],
        "lines": CrisisLine.objects.confirmed(),
        "pause_url": pause_beside(link),
    }


def _until_the_grace_is_over(ids: Ids, user: User) -> datetime:
    """A mail that waited longer for its server would stand too near the next one. In the app the question goes on."""
    return _checkin(user, ids).asked_at + GRACE


def _remind_line(ids: Ids, user: User) -> str:
    return _("Your question of this week is still open. Leaving it is fine too.")


def _until_the_week_ends(ids: Ids, user: User) -> datetime:
    return instant(date.fromisoformat(ids["week"]) + WEEK, time(0), user.zone)


def _may_all_be_asked_to_rest(users: Sequence[User], ids: Ids) -> set[int]:
    """Nothing came from them since."""
    return set(Rhythm.objects.asked_to_rest().filter(user__in=users).values_list("user", flat=True))


def _may_be_asked_to_rest(user: User, ids: Ids) -> bool:
    return user.pk in _may_all_be_asked_to_rest([user], ids)


def _rest_line(ids: Ids, user: User) -> str:
    return _("Shall our questions rest for a while?")


def _rest_link(ids: Ids, user: User) -> str:
    return reverse("checkins:rest")


def _followup(ids: Ids) -> FollowUp | None:
    return FollowUp.objects.select_related("group").filter(public_id=ids["followup"]).first()


def _may_keep(user: User, ids: Ids) -> bool:
    followup = _followup(ids)
    return followup is not None and followup.is_open and can(user, "followup.keep", followup)


def _followup_line(ids: Ids, user: User) -> str:
    return _("There is somebody to look after in a group of yours.")


def _followup_link(ids: Ids, user: User) -> str:
    return reverse("checkins:follow-up", args=[ids["followup"]])


# -- what is written in a follow-up: nobody is named, and no word leaves the house ------------------
def _thread(ids: Ids) -> FollowUp | None:
    return FollowUp.objects.select_related("group", "about").filter(public_id=ids["followup"]).first()


def _may_read_reply(user: User, ids: Ids) -> bool:
    followup = _thread(ids)
    return followup is not None and followup.about_id == user.pk and can(user, "reply.read", followup)


def _may_be_greeted(user: User, ids: Ids) -> bool:
    """Still theirs to answer: they did not ask to be left be, and the roll was not put right."""
    followup = _thread(ids)
    if followup is None or followup.hello_at is None or followup.state == FollowUp.State.DROPPED:
        return False
    return followup.about_id == user.pk and may_be_greeted(user, followup.group)


def _reply_line(ids: Ids, user: User) -> str:
    return _("Somebody wrote to you.")


def _hello_line(ids: Ids, user: User) -> str:
    return _("Somebody says hello. No need to answer.")


def _reply_link(ids: Ids, user: User) -> str:
    return reverse("checkins:replies", args=[ids["followup"]])


def _hello_link(ids: Ids, user: User) -> str:
    return reverse("checkins:hello", args=[ids["followup"]])


def _hears_of_it(user: User, ids: Ids) -> bool:
    """It still waits unseen, and this person looks after the groups."""
    return FollowUp.objects.overseen_by(user).waiting_unseen().filter(public_id=ids["followup"]).exists()


def _waits_line(ids: Ids, user: User) -> str:
    return _("Something waits in a group, and nobody has looked yet.")


def _waiting_link(ids: Ids, user: User) -> str:
    return reverse("checkins:waiting")


def _still_line(ids: Ids, user: User) -> str:
    return _("Somebody has waited for a word, and nobody has looked yet. It is your turn now.")


def _in_open_hours(ids: Ids, user: User) -> datetime:
    """It wakes whoever it reaches only while the organisation is open (decision 0037)."""
    return Organisation.current().open_hours.next_open(timezone.now())


def _after_quiet_hours(ids: Ids, user: User) -> datetime:
    """It cannot be switched off, and it never leaves by night."""
    return datetime.max.replace(tzinfo=UTC)


def _late_line(ids: Ids, user: User) -> str:
    if ids.get("keeper") == user.pk:
        return _("You wanted to be in touch with somebody. Its day is over, and you can still do it or hand it on.")
    return _("A word that was promised in a group of yours is still to come. You could take it on.")


def _group(ids: Ids) -> Group | None:
    return Group.objects.filter(slug=ids["group"]).first()


def _reads_first(user: User, ids: Ids) -> bool:
    return Duty.objects.filter(group__slug=ids["group"], reader=user).exists()


def _duty_line(ids: Ids, user: User) -> str:
    return _("You read first what people write in a group of yours.")


def _is_without_reader(user: User, ids: Ids) -> bool:
    group = _group(ids)
    if group is None or group.has_ended or Duty.objects.filter(group=group).exists():
        return False
    return user.is_admin or can(user, "duty.keep", group)


def _empty_line(ids: Ids, user: User) -> str:
    return _("Nobody reads first in one of the groups any more. Somebody else can be chosen.")


def _may_open_what_waits(user: User, ids: Ids) -> bool:
    group = _group(ids)
    return group is not None and can(user, "duty.keep", group) and waits_unopened(group)


def _unopened_line(ids: Ids, user: User) -> str:
    return _("Something was passed on to those who read, and nobody has opened it yet.")


def _list_link(ids: Ids, user: User) -> str:
    return reverse("checkins:follow-ups")


def _duty_link(ids: Ids, user: User) -> str:
    """Those who run it choose; an admin sees which groups have nobody."""
    group = _group(ids)
    if group is not None and can(user, "duty.keep", group):
        return reverse("checkins:duty", args=[group.slug])
    return reverse("checkins:unread")


TOPICS: list[Topic] = [
    Topic(
        name="checkin.ask",
        area="checkins",
        may=_may_be_asked,
        may_all=_may_all_be_asked,
        look_up=_checkins,
        line=_ask_line,
        link=_ask_link,
        discreet_link=_signed_link,
        template="checkins/mail/ask",
        context=_ask_context,
        subject=_ask_subject,
        unsubscribe=pause_beside,
        useful_until=_until_the_grace_is_over,
        alone=True,
    ),
    Topic(
        name="checkin.remind",
        area="checkins",
        may=_may_be_asked,
        line=_remind_line,
        link=_ask_link,
        discreet_link=_signed_link,
        template="checkins/mail/remind",
        context=_ask_context,
        unsubscribe=pause_beside,
        useful_until=_until_the_week_ends,
        alone=True,
        may_all=_may_all_be_asked,
        look_up=_checkins,
    ),
    Topic(
        name="checkin.rest",
        area="checkins",
        may=_may_be_asked_to_rest,
        line=_rest_line,
        link=_rest_link,
        template="checkins/mail/rest",
        may_all=_may_all_be_asked_to_rest,
    ),
    Topic(
        name="followup.opened",
        area="looking_after",
        may=_may_keep,
        line=_followup_line,
        link=_followup_link,
        template="checkins/mail/followup",
    ),
    Topic(
        name="reply.to_member",
        may=_may_read_reply,
        line=_reply_line,
        link=_reply_link,
        template="checkins/mail/reply",
        area="replies",
    ),
    Topic(
        name="reply.to_keeper",
        may=_may_keep,
        line=_reply_line,
        link=_followup_link,
        template="checkins/mail/reply",
        area="replies",
    ),
    Topic(
        name="hello.missed",
        may=_may_be_greeted,
        line=_hello_line,
        link=_hello_link,
        template="checkins/mail/hello",
        area="replies",
    ),
    Topic(
        name="followup.waits",
        may=_hears_of_it,
        line=_waits_line,
        link=_waiting_link,
        template="checkins/mail/waits",
        area="organisation",
        essential=True,
        urgent_from=_after_quiet_hours,
    ),
    Topic(
        name="followup.urgent",
        may=_may_keep,
        line=_still_line,
        link=_followup_link,
        template="checkins/mail/urgent",
        area="looking_after",
        essential=True,
        urgent_from=_in_open_hours,
    ),
    Topic(
        name="followup.late",
        may=_may_keep,
        line=_late_line,
        link=_followup_link,
        template="checkins/mail/late",
        area="looking_after",
    ),
    Topic(
        name="duty.given",
        may=_reads_first,
        line=_duty_line,
        link=_duty_link,
        template="checkins/mail/duty",
        area="looking_after",
    ),
    Topic(
        name="duty.empty",
        may=_is_without_reader,
        line=_empty_line,
        link=_duty_link,
        template="checkins/mail/duty_empty",
        area="looking_after",
    ),
    Topic(
        name="duty.waits",
        may=_may_open_what_waits,
        line=_unopened_line,
        link=_list_link,
        template="checkins/mail/duty_waits",
        area="looking_after",
    ),
]
