import pytest

from tests.factories import (
    AgreementFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    GroupFactory,
)


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def group(organisation):
    CrisisLineFactory()
    group = GroupFactory(name="Evenings with anxiety", slug="quiet-harbour")
    AgreementFactory(group=group)
    FacilitatorFactory(group=group, alias="Marisol")
    return group


@pytest.fixture
def facilitator(group):
    return group.memberships.facilitators().get()
