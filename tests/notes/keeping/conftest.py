import pytest

from notes.services import (
    write_note,
)
from tests.factories import (
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
)
from tests.notes.keeping.world import WORDS


@pytest.fixture
def group():
    return GroupFactory()


@pytest.fixture
def facilitator(group):
    return FacilitatorFactory(group=group, alias="Marisol").user


@pytest.fixture
def colleague(group):
    return FacilitatorFactory(group=group, alias="Tunde A.").user


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, alias="Kofi").user


@pytest.fixture
def note(facilitator, group):
    return write_note(facilitator, group=group, words=WORDS)
