"""Questions whose SQL is written once."""

import pytest

from people.models import User
from people.often import OftenAsked
from tests import factories

pytestmark = pytest.mark.django_db
NOBODY = -1


def named(*, of=lambda who: who):
    return OftenAsked(lambda who: User.objects.filter(pk=of(who)).values_list("display_name"), NOBODY)


def test_each_asking_has_values_of_its_own():
    ines, jun = (factories.UserFactory(display_name=name) for name in ("Ines", "Jun"))
    question = named()

    assert [question.rows(person.pk) for person in (ines, jun, ines)] == [[("Ines",)], [("Jun",)], [("Ines",)]]
    assert question.rows(jun.pk, inside="SELECT count(*) FROM ({}) AS people") == [(1,)]


def test_its_sql_is_written_once():
    written = []
    question = named(of=lambda who: written.append(who) or who)

    for number in range(3):
        question.rows(number)

    assert written == [NOBODY]


def test_what_is_never_filled_in_is_found_at_once():
    with pytest.raises(AssertionError, match="A blank that is nowhere"):
        named(of=lambda who: who + 1).rows(1)


def test_every_blank_wants_its_value():
    with pytest.raises(ValueError, match="argument"):
        named().rows()
