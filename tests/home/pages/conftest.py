import pytest
import time_machine

from tests.home.pages.world import TUESDAY_EVENING


@pytest.fixture
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def tuesday():
    with time_machine.travel(TUESDAY_EVENING, tick=False):
        yield
