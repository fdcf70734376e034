"""The title of a page that did not take what was sent: it says so first, and once, also where tabs are neutral."""

import re
from datetime import timedelta

import pytest

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]

WRONG = [
    {"by": "names", "win": "x" * 500},
    {"by": "names", "guest": "x" * 500},
    {"by": "names", "promises-0-why": "First time."},
]


@pytest.mark.parametrize("wrong", WRONG, ids=["words", "roll", "promise"])
@pytest.mark.parametrize(("discreet", "title"), [(True, "Error: Notes"), (False, "Error: Close the session - PeerHub")])
def test_a_page_that_closes_a_session_says_error_once(as_person, discreet, title, wrong):
    lead = factories.FacilitatorFactory(user=factories.UserFactory(discreet=discreet))
    session = factories.SessionFactory(group=lead.group, starts_in=-timedelta(hours=3))
    forms = {"promises-TOTAL_FORMS": "1", "promises-INITIAL_FORMS": "0"}

    page = as_person(lead.user).post(f"/sessions/{session.public_id}/close/", forms | wrong)

    assert page.status_code == 422
    assert " ".join(re.findall("<title>(.*?)</title>", page.content.decode())[0].split()) == title
