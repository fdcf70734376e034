"""News for everybody in a group: counted beforehand, held for a few minutes, told once (T14)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from groups.errors import AlreadyTold, CountChanged, TooManyThisHour
from groups.models import Announcement, Group, Membership
from notices.services import tell
from people import audit
from people.models import Organisation, User
from people.policy import can, ensure
from people.querysets import UserQuerySet
from people.sealed import seal, unseal, unseal_each

HELD = timedelta(minutes=5)  # in which it can be taken back
HOUR = timedelta(hours=1)
BATCH = 20
A_DAY, MOST_A_DAY = timedelta(days=1), 20  # to one group, whoever writes and whatever is taken back


def readers_of(group: Group, author: User) -> int:
    """How many people news to this group goes to: those who belong, and take no break, but the author."""
    return _readers(group).exclude(pk=author.pk).count()


@transaction.atomic
def announce(actor: User, *, group: Group, words: str, people: int, once: UUID) -> Announcement:
    """Write to everybody in a group. It goes out in five minutes and can be taken back until then.

    `people` is the number that was shown before. `once` names this very message: sent twice it is one.
    Raises NotAllowed, CountChanged when it is another number by now, and TooManyThisHour beyond what the organisation
    sends in an hour.
    """
    ensure(actor, "announcement.write", group)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=Organisation.current().pk)
    if standing := Announcement.objects.filter(public_id=once, author=actor, group=group).first():
        return standing
    if readers_of(group, actor) != people:
        raise CountChanged(_("Somebody came or left meanwhile, so the number has changed. Look at it once more."))
    _ensure_within_the_day(group)
    _ensure_within_the_hour(organisation, people)
    if Announcement.objects.filter(public_id=once).exists():  # of another group, or somebody else's
        once = uuid4()
    news = Announcement(public_id=once, group=group, author=actor, people=people, goes_at=timezone.now() + HELD)
    seal(news, "words", words, owner=group)
    news.save(force_insert=True)
    audit.record(actor, "announcement.write", news, reason=str(people))
    return news


@transaction.atomic
def take_back_announcement(actor: User, *, announcement: Announcement) -> Announcement:
    """Stop it before anybody is told. Twice is harmless. Raises NotAllowed, and AlreadyTold once it has gone."""
    held = _hold(announcement.pk)
    ensure(actor, "announcement.write", held.group)
    if held.told_at:
        raise AlreadyTold(_("It has gone out already, so it cannot be taken back. You can write again."))
    if held.taken_back_at is None:
        _take_back(held, by=actor, recorded_for=actor)
    return held


def read_announcement(announcement: Announcement) -> str:
    """The words, for those whom `Announcement.objects.visible_to` shows it to."""
    return unseal(announcement, "words", owner=announcement.group)


def read_announcements(rows: list[Announcement]) -> list[tuple[Announcement, str]]:
    """Each with its words, the keys with one query."""
    return list(zip(rows, unseal_each([(row, row.group) for row in rows], "words"), strict=True))


def tell_news() -> int:
    """Tell what has waited long enough. Returns how many went out. Safe to run twice, late and beside another."""
    told = 0
    for _number in range(BATCH):
        done = _tell_next()
        if done is None:
            break
        told += done
    return told


@transaction.atomic
def _tell_next() -> int | None:
    """Claim one that is due and tell its people. None when nothing is left; 0 when nobody may be told any more."""
    rows = Announcement.objects.due().select_for_update(skip_locked=True, of=("self",)).order_by("goes_at", "pk")
    news = rows.select_related("group", "author").first()
    if news is None:
        return None
    if not can(news.author, "announcement.write", news.group):  # who wrote it has stopped running the group
        _take_back(news, by=news.author, recorded_for=None)
        return 0
    news.told_at = timezone.now()
    news.save(update_fields=["told_at"])
    people = _readers(news.group).exclude(pk=news.author_id)
    tell(people, "news.written", f"news {news.public_id}", group=news.group.slug, news=str(news.public_id))
    audit.record(None, "announcement.tell", news)
    return 1


def _readers(group: Group) -> UserQuerySet:
    seats = Membership.objects.filter(group=group, state=Membership.State.ACTIVE)
    readers: UserQuerySet = User.objects.active().filter(pk__in=seats.values("user"))
    return readers


def _ensure_within_the_day(group: Group) -> None:
    """A small group never fills the organisation's hour, so it has a bound of its own."""
    if Announcement.objects.filter(group=group, written_at__gt=timezone.now() - A_DAY).count() >= MOST_A_DAY:
        words = _("This group was written to %(most)s times within a day. Keep these words and send them tomorrow.")
        raise TooManyThisHour(words % {"most": MOST_A_DAY})


def _ensure_within_the_hour(organisation: Organisation, people: int) -> None:
    """T14: no more than so many in an hour, whoever writes. The organisation's row is held, so nobody writes beside."""
    lately = Announcement.objects.filter(written_at__gt=timezone.now() - HOUR, taken_back_at=None)
    sent = lately.aggregate(sum=Sum("people"))["sum"] or 0
    if sent + people <= organisation.news_an_hour:
        return
    if people > organisation.news_an_hour:
        words = _("That is more people than may be written to in an hour: %(most)s. An admin can change this.")
        raise TooManyThisHour(words % {"most": organisation.news_an_hour})
    free = _free_again(list(lately.order_by("written_at")), people, organisation.news_an_hour)
    words = _("A lot of news has gone out within the hour. Yours can go from %(time)s. Nothing you wrote is lost.")
    raise TooManyThisHour(words % {"time": time_format(timezone.localtime(free), "TIME_FORMAT")})


def _free_again(lately: list[Announcement], people: int, most: int) -> datetime:
    """When enough of the last hour's news is an hour old."""
    sent = sum(news.people for news in lately)
    for news in lately:
        sent -= news.people
        if sent + people <= most:
            return news.written_at + HOUR
    return timezone.now() + HOUR


def _hold(pk: int) -> Announcement:
    return Announcement.objects.select_for_update(of=("self",)).select_related("group").get(pk=pk)


def _take_back(news: Announcement, *, by: User, recorded_for: User | None) -> None:
    news.taken_back_at, news.taken_back_by = timezone.now(), by
    news.save(update_fields=["taken_back_at", "taken_back_by"])
    audit.record(recorded_for, "announcement.take_back", news)
