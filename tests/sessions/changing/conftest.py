from datetime import time

import pytest

from sessions import services
from tests import factories
from tests.sessions.changing.world import NOW, TUESDAY


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def facilitator():
    return factories.FacilitatorFactory(alias="Marisol").user


@pytest.fixture
def group(facilitator):
    return facilitator.memberships.get().group


@pytest.fixture
def series(facilitator, group):
    """Twelve Tuesdays at seven, all with a row."""
    plan = {
        "starts_on": TUESDAY,
        "starts_at": time(19),
        "minutes": 75,
        "count": 12,
        "capacity": 10,
        "lead": facilitator,
    }
    return services.create_series(facilitator, group=group, **plan)
