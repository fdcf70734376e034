"""Coming in; the organisation says who may come in; people who are not active."""

from datetime import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from groups.letters import invitation_token
from groups.models import Invitation
from people.models import Organisation, User
from tests.factories import (
    GroupFactory,
    InvitationFactory,
    OrganisationFactory,
)
from tests.peerhub.accounts.world import PASSWORD, code_in, home, last_mail, member

pytestmark = pytest.mark.django_db


def test_somebody_new_makes_an_account_with_the_code_from_the_mail(client):
    OrganisationFactory._meta.model.objects.update(time_zone="America/New_York")
    client.post(reverse("account_signup"), {"email": "New@Example.org", "password1": PASSWORD})

    answer = client.post(reverse("account_email_verification_sent"), {"code": code_in(last_mail().body)})

    user = User.objects.get()
    assert (user.email, user.time_zone, user.locale) == ("new@example.org", "America/New_York", "en-gb")
    assert answer["Location"] == home()
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_short_password_is_refused_in_words(client):
    page = client.post(reverse("account_signup"), {"email": "new@example.org", "password1": "short but fine"})

    assert list(page.context["form"].errors) == ["password1"]
    assert 'value="new@example.org"' in page.content.decode()
    assert not User.objects.exists()


def test_an_account_is_not_made_twice_when_two_forms_race(client, monkeypatch):
    from peerhub.account_forms import SignupForm

    member(email="known@example.org")
    monkeypatch.setattr(SignupForm, "validate_unique_email", lambda form, email: email)

    answer = client.post(reverse("account_signup"), {"email": "known@example.org", "password1": PASSWORD})

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert User.objects.count() == 1


def test_password_and_code_both_sign_in(client):
    user = member()
    answer = client.post(reverse("account_login"), {"login": user.email.upper(), "password": PASSWORD})
    other = Client()
    other.post(reverse("account_request_login_code"), {"email": user.email})

    by_code = other.post(reverse("account_confirm_login_code"), {"code": code_in(last_mail().body)})

    assert [answer["Location"], by_code["Location"]] == [home(), home()]


def test_a_forgotten_password_is_replaced_with_the_code_from_the_mail(client):
    user = member()
    client.post(reverse("account_reset_password"), {"email": user.email})
    answer = client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(last_mail().body)})
    new = {"password1": "another four words here", "password2": "another four words here"}

    client.post(answer["Location"], new)

    user.refresh_from_db()
    assert user.check_password("another four words here")


@pytest.mark.parametrize(("ticked", "until_closed"), [({}, True), ({"remember": "on"}, False)])
def test_a_shared_device_forgets_when_the_browser_closes(client, ticked, until_closed):
    user = member()

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **ticked})

    assert client.session.get_expire_at_browser_close() == until_closed
    assert ("known-device" in answer.cookies) == (not until_closed)


@pytest.fixture
def only_invited(organisation):
    organisation.signup = "invited"
    organisation.save()


def test_without_an_invitation_a_closed_sign_up_makes_no_account(client, only_invited):
    url = reverse("account_signup")

    pages = [client.get(url), client.post(url, {"email": "new@example.org", "password1": PASSWORD})]

    assert all("You need an invitation" in page.content.decode() for page in pages)
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", ""])
def test_a_made_up_invitation_opens_no_sign_up(client, only_invited, token):
    session = client.session
    session["invitation"] = token
    session.save()

    assert "You need an invitation" in client.get(reverse("account_signup")).content.decode()


def test_an_invitation_opens_the_sign_up_and_comes_back_to_the_letter(client, only_invited):
    invitation = InvitationFactory(email="guest@example.org", group=GroupFactory())
    letter = reverse("groups:invitation", args=[invitation_token(invitation)])
    client.post(letter, {"way": "signup"})
    form = client.get(reverse("account_signup"))

    answer = client.post(reverse("account_signup"), {"email": "guest@example.org", "password1": PASSWORD})

    assert 'value="guest@example.org"' in form.content.decode()
    assert answer["Location"] == letter
    assert EmailAddress.objects.get().verified
    client.post(letter, {"alias": "Wren", "adult": "on"})
    assert User.objects.get(email="guest@example.org").memberships.get().state == "active"
    assert Invitation.objects.get().accepted_by.email == "guest@example.org"


def test_a_new_account_starts_with_the_quiet_hours_of_the_organisation(client):
    Organisation.objects.update(quiet_from=time(21), quiet_to=time(7, 30))

    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})

    assert User.objects.values_list("quiet_from", "quiet_to").get() == (time(21), time(7, 30))


def test_with_another_address_the_invited_still_shows_that_it_is_theirs(client, only_invited):
    invitation = InvitationFactory(email="guest@example.org")
    client.post(reverse("groups:invitation", args=[invitation_token(invitation)]), {"way": "signup"})

    answer = client.post(reverse("account_signup"), {"email": "mine@example.org", "password1": PASSWORD})

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("mine@example.org", False)]


def test_somebody_with_an_account_signs_in_and_comes_back_to_the_letter(client):
    user, invitation = member(), InvitationFactory()
    letter = reverse("groups:invitation", args=[invitation_token(invitation)])
    client.post(letter, {"way": "login"})

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == letter


@pytest.mark.parametrize("state", ["suspended", "deactivated"])
def test_who_is_not_active_does_not_come_in(client, state):
    user = member(state=state, is_active=False)

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_whoever_stops_being_active_is_signed_out_with_the_next_request(as_person):
    user = member()
    browser = as_person(user)
    assert browser.get(reverse("account_email")).status_code == 200
    user.move_to("suspended")
    user.save()

    answer = browser.get(reverse("account_email"))

    assert answer["Location"].startswith(reverse("account_login"))
