"""Invitations: written by admins, taken once, telling strangers nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from groups import signals
from groups.errors import AgreementChanged, GroupFull, InvitationGone, NameNeeded, NameTaken, OtherAddress
from groups.letters import invitation_token, invite, read_token, revoke_invitation
from groups.models import Invitation, Membership
from groups.services import take_invitation
from notices.models import Delivery
from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import unseal
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    OrganisationFactory,
    RequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def page_of(invitation):
    return reverse("groups:invitation", args=[invitation_token(invitation)])


def mails():
    return [unseal(row, "body", owner=row) for row in Delivery.objects.order_by("pk")]


# -- who may write ------------------------------------------------------------------------------
@pytest.mark.parametrize("person", [UserFactory, lambda: FacilitatorFactory().user])
def test_only_admins_invite(person):
    with pytest.raises(NotAllowed):
        invite(person(), emails=["new@example.org"], role="member")

    assert not Invitation.objects.exists()
    assert not Delivery.objects.exists()


def test_only_admins_take_a_letter_back():
    with pytest.raises(NotAllowed):
        revoke_invitation(UserFactory(), invitation=InvitationFactory())


def test_every_address_gets_one_letter_and_one_line_in_the_record():
    admin, group = AdminFactory(), GroupFactory()

    made = invite(admin, emails=["A@example.org", "b@example.org ", "a@example.org"], role="member", group=group)

    assert [(row.email, row.role, row.group, row.invited_by) for row in made] == [
        ("a@example.org", "member", group, admin),
        ("b@example.org", "member", group, admin),
    ]
    assert list(Delivery.objects.order_by("pk").values_list("address", flat=True)) == ["a@example.org", "b@example.org"]
    assert AuditEntry.objects.filter(action="invitation.make", actor=admin).count() == 2


def test_the_letter_names_no_group_no_person_and_no_role():
    admin = AdminFactory(display_name="Beth Canary")
    (made,) = invite(admin, emails=["a@example.org"], role="facilitator", group=GroupFactory(name="Canary group"))

    (body,) = mails()

    assert "Canary" not in body
    assert "facilitator" not in body.lower()
    assert f"http://localhost:8000{page_of(made)}" in body


def test_inviting_again_renews_the_open_letter_and_sends_it_again():
    admin = AdminFactory()
    old = InvitationFactory(email="a@example.org", expires_at=timezone.now() - timedelta(days=1))

    (again,) = invite(admin, emails=["a@example.org"], role="admin")

    assert (again.pk, again.role, again.invited_by) == (old.pk, "admin", admin)
    assert again.expires_at > timezone.now() + timedelta(days=13)
    assert Delivery.objects.count() == 1


def test_a_role_with_power_belongs_to_no_group():
    (made,) = invite(AdminFactory(), emails=["a@example.org"], role="safety_lead", group=GroupFactory())

    assert made.group is None


def test_the_database_keeps_one_open_letter_an_address_and_group():
    InvitationFactory(email="a@example.org")

    with pytest.raises(IntegrityError, match="invitation_one_open"), transaction.atomic():
        InvitationFactory(email="a@example.org")


# -- which links open ---------------------------------------------------------------------------
def gone(state):
    """A letter that must not open, with its token."""
    if state == "made up":
        return invitation_token(InvitationFactory())[:-1] + "x"
    if state == "nonsense":
        return "nonsense"
    if state == "too old":
        return invitation_token(InvitationFactory(expires_at=timezone.now()))
    if state == "taken back":
        return invitation_token(InvitationFactory(revoked_at=timezone.now()))
    if state == "used":
        return invitation_token(InvitationFactory(accepted_at=timezone.now(), accepted_by=UserFactory()))
    if state == "of an ended group":
        return invitation_token(InvitationFactory(group=GroupFactory(state="archived")))
    return invitation_token(InvitationFactory(invited_by=UserFactory()))


GONE = ["made up", "nonsense", "too old", "taken back", "used", "of an ended group", "from no admin any more"]


@pytest.mark.parametrize("state", GONE)
def test_a_link_that_does_not_hold_opens_nothing(state):
    assert read_token(gone(state)) is None


def test_every_link_that_does_not_hold_shows_the_same_page(client, as_person, organisation):
    for browser in [client, as_person(UserFactory())]:
        pages = [browser.get(reverse("groups:invitation", args=[gone(state)])) for state in GONE]

        assert {page.status_code for page in pages} == {404}
        assert len({_without_tokens(page) for page in pages}) == 1


def _without_tokens(page):
    lines = page.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrfmiddlewaretoken" not in line and "/invitations/" not in line)


def test_a_link_that_holds_opens_its_letter():
    invitation = InvitationFactory()

    assert read_token(invitation_token(invitation)) == invitation


def test_a_letter_taken_back_opens_nothing_and_twice_is_one_line():
    admin, invitation = AdminFactory(), InvitationFactory()

    revoke_invitation(admin, invitation=invitation)
    revoke_invitation(admin, invitation=invitation)

    assert read_token(invitation_token(invitation)) is None
    assert AuditEntry.objects.filter(action="invitation.revoke").count() == 1


# -- taking -------------------------------------------------------------------------------------
def test_a_member_joins_with_the_name_they_chose_and_the_agreement_they_read():
    agreement = AgreementFactory()
    user, invitation = UserFactory(), InvitationFactory(group=agreement.group)

    take_invitation(user, invitation=invitation, alias="Wren", agreement=agreement)

    seat = Membership.objects.get(user=user)
    assert (seat.group, seat.role, seat.state, seat.alias) == (agreement.group, "member", "active", "Wren")
    assert seat.decided_by == invitation.invited_by
    assert agreement.acceptances.get().user == user
    invitation.refresh_from_db()
    assert invitation.accepted_by == user


def test_joining_is_announced_once():
    heard = []

    def listen(sender, membership, **kwargs):
        heard.append(membership.alias)

    user, invitation = UserFactory(), InvitationFactory(group=GroupFactory())
    signals.member_joined.connect(listen)
    try:
        take_invitation(user, invitation=invitation, alias="Wren")
        take_invitation(user, invitation=invitation, alias="Wren")
    finally:
        signals.member_joined.disconnect(listen)

    assert heard == ["Wren"]


def test_a_facilitator_gets_a_seat_even_in_a_full_group():
    group = GroupFactory(capacity=1)
    MembershipFactory(group=group)
    user = UserFactory()

    letter = InvitationFactory(group=group, role="facilitator", email=user.email)

    take_invitation(user, invitation=letter, alias="Tunde")

    assert Membership.objects.get(user=user).runs_it


def test_nobody_joins_a_full_group():
    group = GroupFactory(capacity=1)
    MembershipFactory(group=group)

    with pytest.raises(GroupFull):
        take_invitation(UserFactory(), invitation=InvitationFactory(group=group), alias="Wren")


def test_nobody_joins_without_a_name_or_with_one_that_is_taken():
    group = GroupFactory()
    MembershipFactory(group=group, alias="Wren")

    with pytest.raises(NameNeeded):
        take_invitation(UserFactory(), invitation=InvitationFactory(group=group))
    with pytest.raises(NameTaken):
        take_invitation(UserFactory(), invitation=InvitationFactory(group=group), alias="wren")


def test_nobody_joins_on_an_agreement_that_is_not_the_newest():
    old = AgreementFactory()
    AgreementFactory(group=old.group, version=2)

    for agreement in [None, old, AgreementFactory()]:
        invitation = InvitationFactory(group=old.group)
        with pytest.raises(AgreementChanged):
            take_invitation(UserFactory(), invitation=invitation, alias="Wren", agreement=agreement)


def test_somebody_blocked_does_not_come_back_by_a_letter():
    seat = MembershipFactory(state="blocked", joined_at=None)

    with pytest.raises(InvitationGone):
        take_invitation(seat.user, invitation=InvitationFactory(group=seat.group), alias="Wren")


def test_a_request_that_waits_becomes_the_seat():
    seat = RequestFactory(alias="Wren")

    take_invitation(seat.user, invitation=InvitationFactory(group=seat.group))

    seat.refresh_from_db()
    assert (seat.state, seat.alias) == ("active", "Wren")


@pytest.mark.parametrize(("role", "flags"), [("admin", (True, False)), ("safety_lead", (False, True))])
def test_a_role_with_power_comes_with_the_inviters_authority(role, flags):
    invitation = InvitationFactory(role=role, email="a@example.org")
    user = UserFactory(email="a@example.org")

    take_invitation(user, invitation=invitation)

    user.refresh_from_db()
    assert (user.is_admin, user.is_safety_lead) == flags
    assert AuditEntry.objects.get(action="person.roles").actor == invitation.invited_by


@pytest.mark.parametrize("role", ["admin", "safety_lead", "facilitator"])
def test_a_role_with_power_goes_to_no_other_address(role):
    user = UserFactory()
    group = GroupFactory() if role == "facilitator" else None
    letter = InvitationFactory(role=role, email="boss@example.org", group=group)

    with pytest.raises(OtherAddress):
        take_invitation(user, invitation=letter, alias="Boss")

    user.refresh_from_db()
    assert (user.is_admin, user.is_safety_lead, user.memberships.count()) == (False, False, 0)


def test_of_two_people_with_one_letter_the_first_stands():
    invitation = InvitationFactory(group=GroupFactory())
    take_invitation(UserFactory(), invitation=invitation, alias="Wren")

    with pytest.raises(InvitationGone):
        take_invitation(UserFactory(), invitation=invitation, alias="Robin")

    assert Membership.objects.count() == 1


# -- the page -----------------------------------------------------------------------------------
def test_the_page_tells_a_stranger_who_asks_and_as_what_but_no_group(client):
    OrganisationFactory(name="Harbour Lane")
    invitation = InvitationFactory(group=GroupFactory(name="Canary group", purpose="Canary purpose"))

    page = client.get(page_of(invitation))

    assert "Harbour Lane asks you to come in as a member." in page.content.decode()
    assert "Canary" not in page.content.decode()
    assert client.session.get("invitation") is None


@pytest.mark.parametrize(("way", "leads_to"), [("signup", "/accounts/signup/"), ("login", "/accounts/login/")])
def test_a_way_in_keeps_the_token_out_of_the_address(client, organisation, way, leads_to):
    invitation = InvitationFactory()

    answer = client.post(page_of(invitation), {"way": way})

    assert (answer.status_code, answer["Location"]) == (302, leads_to)
    assert client.session["invitation"] == invitation_token(invitation)


def test_the_yes_joins_and_leads_into_the_group(as_person, organisation):
    agreement = AgreementFactory()
    user, invitation = UserFactory(), InvitationFactory(group=agreement.group)
    browser = as_person(user)

    answer = browser.post(page_of(invitation), {"alias": "Wren", "agreed": agreement.pk, "yes": "on", "adult": "on"})
    second = browser.post(page_of(invitation), {"alias": "Wren", "agreed": agreement.pk, "yes": "on", "adult": "on"})

    assert [answer["Location"], second["Location"]] == [agreement.group.get_absolute_url()] * 2
    assert Membership.objects.get().user == user


def test_a_yes_without_name_and_tick_says_so_and_keeps_what_was_typed(as_person, organisation):
    agreement = AgreementFactory()
    browser = as_person(UserFactory())

    page = browser.post(page_of(InvitationFactory(group=agreement.group)), {"alias": "me@example.org"})

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "alias": ["Choose a name that is not your e-mail address"],
        "yes": ["Tick the box if you will keep to what the group agreed on"],
        "adult": ["This group is for people who are 18 or older. Tick the box if you are."],
    }
    assert 'value="me@example.org"' in page.content.decode()


def test_a_name_somebody_has_already_is_asked_for_again(as_person, organisation):
    seat = MembershipFactory(alias="Wren")
    browser = as_person(UserFactory())

    page = browser.post(page_of(InvitationFactory(group=seat.group)), {"alias": "Wren", "adult": "on"})

    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == ["Somebody in this group has this name. Choose another"]


def test_no_copy_of_an_invitation_stays_on_the_device(client):
    letter = invitation_token(InvitationFactory(group=GroupFactory()))

    for token in (letter, "made-up"):
        answer = client.get(f"/invitations/{token}/")
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")


@pytest.mark.parametrize(
    ("role", "adults_only", "belongs", "asked"),
    [
        ("member", True, False, True),
        ("member", False, False, False),
        ("member", True, True, False),
        ("facilitator", True, False, False),
    ],
)
def test_a_letter_asks_for_age_where_asking_to_join_would(as_person, organisation, role, adults_only, belongs, asked):
    group, user = GroupFactory(adults_only=adults_only), UserFactory(email="guest@example.org")
    if belongs:
        MembershipFactory(group=group, user=user)
    letter = InvitationFactory(group=group, role=role, email=user.email)

    page = as_person(user).post(page_of(letter), {"alias": "Wren"})

    assert (page.status_code, letter.role, "18 or older" in page.content.decode()) == (
        422 if asked else 302,
        role,
        asked,
    )
