"""Words and hidden places never show in a repr: logs and error reports are made of them."""

from datetime import date, time
from uuid import UUID

import pytest
from django.utils import timezone

from groups.models import PairAgreement
from groups.services.pair_agreements import Agreed
from groups.services.parting import Said
from home.services import Debrief, Promise
from notes.services import ReadVersion
from people.models import User
from sessions.forms.clashes import Teller
from sessions.services import Kept, Place, RollLine, SummaryWords, Wish
from sessions.services.hosting import Leader
from sessions.services.shifting import Outcome

SECRET = "Rosa cannot sleep"
KEY = UUID(int=1)
SOMEBODY = User(pk=1)
HOLDERS = [
    SummaryWords(SECRET, SECRET),
    Kept([], SECRET, SECRET),
    Place(True, SECRET, SECRET, SECRET),
    Wish("one", date(2027, 1, 5), time(18), 75, None, 0, SECRET),
    Outcome([], {"plan": SECRET}),
    RollLine(1, KEY, SECRET),
    Leader(SOMEBODY, SECRET, "lead"),
    Teller(SOMEBODY, {1: SECRET}, timezone.get_default_timezone(), frozenset()),
    Promise(SOMEBODY, SOMEBODY, timezone.now(), str(KEY), SECRET),
    Debrief(SECRET),
    Agreed(PairAgreement(pk=1), {"promise": SECRET}, frozenset()),
    Said(date(2027, 1, 1), SECRET, SECRET),
    ReadVersion(1, "Amal", timezone.now(), SECRET),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_what_carries_words_does_not_show_them(holder):
    assert SECRET in str(vars(holder).values())
    assert SECRET not in repr(holder)
    assert SECRET not in f"{holder} {[holder]}"
