"""What two people agree to: in versions, each of which holds once both said yes to it (R71)."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import AgreementChanged, AlreadyExtended, PairDates, PairOver
from groups.models import Group, PairAgreement, PairYes
from groups.models.pair import PAIR_WEEKS
from groups.services.pairs import hold_pair, tell_pair
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal

PARTS = ("purpose", "rhythm", "place", "hours", "also")
LONGEST = timedelta(weeks=26)


@dataclass(frozen=True)
class Agreed:
    """One version with its words opened."""

    row: PairAgreement
    words: dict[str, str] = field(repr=False)
    yes_from: frozenset[int]


@transaction.atomic
def write_pair_agreement(
    user: User, *, group: Group, words: dict[str, str], starts_on: date, ends_on: date
) -> PairAgreement:
    """Write the next version; whoever writes it has said yes to it. The other one is asked.

    A version that waits is replaced. A change never moves the end back: that is what `extend_pair` is
    for. Raises NotAllowed for anybody but the two, PairOver and PairDates.
    """
    pair = _open_pair(user, group)
    holds = holding(pair)
    latest = holds.row.ends_on if holds else (pair.starts_on or pair.today) + LONGEST
    if ends_on > latest:
        raise PairDates(_("Choose an end that is not later than the one that holds, or ask for more time."))
    if not (starts_on < ends_on and pair.today <= ends_on):
        raise PairDates(_("Choose an end that is still to come, after the start."))
    return _write(user, pair, words, starts_on, ends_on, extends=False)


@transaction.atomic
def extend_pair(user: User, *, group: Group, ends_on: date) -> PairAgreement:
    """Propose to the other to go on longer, once and by at most twelve weeks: a decision, no drift (R71).

    Raises NotAllowed, PairOver, AlreadyExtended and PairDates.
    """
    pair = _open_pair(user, group)
    if was_extended(pair):
        raise AlreadyExtended(
            _("You have had your one extension. The time that is left is for looking at who comes next.")
        )
    holds, ends = holding(pair), pair.ends_on or pair.today
    if not ends < ends_on <= ends + timedelta(weeks=PAIR_WEEKS):
        raise PairDates(_("Choose a day after the end that holds now, at most twelve weeks later."))
    starts_on = holds.row.starts_on if holds else pair.starts_on or pair.today
    return _write(user, pair, holds.words if holds else {}, starts_on, ends_on, extends=True)


@transaction.atomic
def accept_pair_agreement(user: User, *, group: Group, version: int) -> PairAgreement:
    """Say yes to the version that the person read. With both yeses it holds, and its end is the pair's.

    Twice is harmless. Raises NotAllowed, PairOver, AgreementChanged when another one waits by now, and
    PairDates when its end has passed meanwhile.
    """
    pair = _open_pair(user, group)
    row = pair.pair_agreements.order_by("-version").first()
    if row is None or row.version != version:
        raise AgreementChanged(_("There is another version by now. Read it once more."))
    if row.ends_on < pair.today:
        raise PairDates(_("The end in it has passed. Write a new one together."))
    _say_yes(user, row)
    if row.holds_since is None and row.yeses.count() == pair.memberships.belonging().count():
        _let_hold(pair, row)
        tell_pair(pair, "pair.agreed", but=user, version=version)
    return row


def holding(pair: Group) -> Agreed | None:
    """The version that holds, for the pages of the two."""
    return _opened(pair, pair.pair_agreements.exclude(holds_since=None).order_by("-version").first())


def waiting(pair: Group) -> Agreed | None:
    """The newest version, where it still waits for a yes."""
    row = pair.pair_agreements.order_by("-version").first()
    return _opened(pair, row) if row and row.holds_since is None else None


def was_extended(pair: Group) -> bool:
    return pair.pair_agreements.filter(extends=True, holds_since__isnull=False).exists()


def _opened(pair: Group, row: PairAgreement | None) -> Agreed | None:
    if row is None:
        return None
    words = json.loads(unseal(row, "words", owner=pair) or "{}")
    return Agreed(row, words, frozenset(row.yeses.values_list("user_id", flat=True)))


def _open_pair(user: User, group: Group) -> Group:
    pair = hold_pair(group)
    if pair.state != Group.State.OPEN and pair.memberships.filter(user=user).exists():
        raise PairOver(_("You are not a pair at the moment, so there is nothing to agree to."))
    ensure(user, "pair.keep", pair)
    return pair


def _write(
    user: User, pair: Group, words: dict[str, str], starts_on: date, ends_on: date, *, extends: bool
) -> PairAgreement:
    last = pair.pair_agreements.order_by("-version").first()
    row = PairAgreement(
        group=pair,
        version=last.version + 1 if last else 1,
        starts_on=starts_on,
        ends_on=ends_on,
        extends=extends,
        written_by=user,
    )
    seal(row, "words", json.dumps({name: words.get(name, "") for name in PARTS}), owner=pair)
    row.save()
    audit.record(user, "pair.extend" if extends else "pair.agree", pair, about=user, reason=f"version {row.version}")
    _say_yes(user, row)
    tell_pair(pair, "pair.agreement", but=user, version=row.version)
    return row


def _say_yes(user: User, row: PairAgreement) -> None:
    _yes, new = PairYes.objects.get_or_create(agreement=row, user=user)
    if new:
        audit.record(user, "pair.say-yes", row, about=user, reason=f"version {row.version}")


def _let_hold(pair: Group, row: PairAgreement) -> None:
    row.holds_since = timezone.now()
    row.save(update_fields=["holds_since"])
    pair.starts_on, pair.ends_on = row.starts_on, row.ends_on
    pair.save(update_fields=["starts_on", "ends_on"])
