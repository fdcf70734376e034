import pytest


@pytest.fixture(autouse=True)
def _organisation(organisation):
    return organisation
