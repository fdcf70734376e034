import pytest

from tests import factories


@pytest.fixture(autouse=True)
def _one_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def session():
    return factories.SessionFactory(plan="A breathing practice")


@pytest.fixture
def member(session):
    return factories.MembershipFactory(group=session.group).user


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group, alias="Tunde A.").user
