import pytest

from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    SafetyLeadFactory,
    UserFactory,
)


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def admin(organisation):
    return AdminFactory(display_name="Priya", email="priya@example.org")


@pytest.fixture
def browser(admin, as_person):
    return as_person(admin)


@pytest.fixture(params=["member", "facilitator", "safety lead"])
def stranger(request, organisation, as_person):
    make = {
        "member": UserFactory,
        "facilitator": lambda: FacilitatorFactory().user,
        "safety lead": SafetyLeadFactory,
    }
    return as_person(make[request.param]())
