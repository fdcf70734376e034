"""Making groups, opening them, and looking after them."""

import re

import pytest
from django.utils import timezone

from groups import services, words
from groups.errors import (
    CannotRunGroup,
    DoorRefused,
    GroupNameTaken,
    HelpLinesUnconfirmed,
    NameTaken,
    NoAgreement,
    NoFacilitator,
    NoName,
)
from groups.models import Group
from people.models import AuditEntry, Organisation
from people.policy import NotAllowed
from people.sealed import unseal
from people.services import suspend_person
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def draft(**fields):
    return GroupFactory(state="draft", opened_at=None, **fields)


# -- making -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("stranger", [UserFactory, SafetyLeadFactory, lambda: FacilitatorFactory().user])
def test_only_admins_make_groups(stranger):
    with pytest.raises(NotAllowed):
        services.create_group(stranger(), name="Evenings", purpose="For anyone.")

    assert not Group.objects.filter(name="Evenings").exists()


def test_a_new_group_is_a_draft_at_an_address_that_says_nothing():
    admin = AdminFactory()

    group = services.create_group(admin, name="Evenings with anxiety", purpose="For anyone.", capacity=8)

    group.refresh_from_db()
    assert (group.state, group.capacity, group.created_by, group.agreement) == ("draft", 8, admin, None)
    assert re.fullmatch(r"[a-z]+-[a-z]+", group.slug)
    assert AuditEntry.objects.get().action == "group.create"


def test_a_taken_address_is_tried_again(monkeypatch):
    GroupFactory(slug="quiet-harbour")
    pairs = iter(["quiet-harbour", "quiet-harbour", "slow-river"])
    monkeypatch.setattr("groups.services.keeping.pair_of_words", lambda: next(pairs))

    assert services.create_group(AdminFactory(), name="New", purpose="For anyone.").slug == "slow-river"


def test_when_every_pair_is_taken_the_address_gets_a_number(monkeypatch):
    GroupFactory(slug="quiet-harbour")
    monkeypatch.setattr("groups.services.keeping.pair_of_words", lambda: "quiet-harbour")

    slug = services.create_group(AdminFactory(), name="New", purpose="For anyone.").slug

    assert re.fullmatch(r"quiet-harbour-[0-9a-f]{8}", slug)


def test_a_taken_name_is_refused_in_words():
    GroupFactory(name="Evenings")

    with pytest.raises(GroupNameTaken) as told:
        services.create_group(AdminFactory(), name="evenings", purpose="For anyone.")

    assert str(told.value) == "Another group has this name. Choose one that tells them apart"


def test_the_words_of_addresses_are_neutral_and_many():
    pairs = {words.pair_of_words() for _ in range(200)}

    assert len(pairs) > 150
    assert all(re.fullmatch(r"[a-z]{2,9}-[a-z]{3,9}", pair) for pair in pairs)
    assert len(words.QUALITIES) == len(set(words.QUALITIES))
    assert len(words.PLACES) == len(set(words.PLACES))


# -- changing ---------------------------------------------------------------------------------------
def test_only_its_facilitators_and_admins_change_a_group():
    group = GroupFactory(purpose="As it was.")
    for stranger in (UserFactory(), FacilitatorFactory().user, MembershipFactory(group=group).user):
        with pytest.raises(NotAllowed):
            services.change_group(stranger, group=group, purpose="Changed.")

    for person in (AdminFactory(), FacilitatorFactory(group=group).user):
        services.change_group(person, group=group, purpose=f"By {person.pk}.")
        group.refresh_from_db()
        assert group.purpose == f"By {person.pk}."


@pytest.mark.parametrize("field", ["state", "parent", "door", "public_id", "archived_at", "ended_reason"])
def test_what_is_no_setting_is_not_changed(field):
    with pytest.raises(ValueError, match=field):
        services.change_group(AdminFactory(), group=GroupFactory(), **{field: "x"})


def test_changing_to_a_taken_name_is_refused_in_words():
    GroupFactory(name="Evenings")

    with pytest.raises(GroupNameTaken):
        services.change_group(AdminFactory(), group=GroupFactory(), name="EVENINGS")


# -- opening ----------------------------------------------------------------------------------------
@pytest.fixture
def ready(organisation):
    """A group with nothing left to do."""
    admin = AdminFactory()
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=admin)
    group = draft()
    AgreementFactory(group=group)
    return FacilitatorFactory(group=group)


def test_only_its_facilitators_and_admins_open_a_group(ready):
    for stranger in (UserFactory(), FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            services.open_group(stranger, group=ready.group)

    assert services.open_group(ready.user, group=ready.group).state == "open"


def test_no_group_opens_before_the_help_lines_are_confirmed(ready):
    Organisation.objects.update(crisis_confirmed_at=None, crisis_confirmed_by=None)

    with pytest.raises(HelpLinesUnconfirmed):
        services.open_group(AdminFactory(), group=ready.group)


def test_no_group_opens_with_a_facilitator_who_was_suspended(ready):
    suspend_person(AdminFactory(), person=ready.user)

    with pytest.raises(NoFacilitator):
        services.open_group(AdminFactory(), group=ready.group)


def test_no_group_opens_without_a_facilitator(ready):
    ready.delete()

    with pytest.raises(NoFacilitator):
        services.open_group(AdminFactory(), group=ready.group)


def test_no_group_opens_without_an_agreement(ready):
    bare = FacilitatorFactory(group=draft())

    with pytest.raises(NoAgreement):
        services.open_group(bare.user, group=bare.group)


def test_opening_twice_keeps_the_first_time(ready):
    first = services.open_group(ready.user, group=ready.group).opened_at

    assert services.open_group(ready.user, group=ready.group).opened_at == first
    assert AuditEntry.objects.filter(action="group.open").count() == 1


# -- who runs it ----------------------------------------------------------------------------------------
def test_only_admins_appoint():
    group = GroupFactory()

    for stranger in (UserFactory(), FacilitatorFactory(group=group).user, SafetyLeadFactory()):
        with pytest.raises(NotAllowed):
            services.appoint_facilitator(stranger, group=group, person=UserFactory())


def test_appointing_a_stranger_gives_them_a_place():
    group, person = GroupFactory(), UserFactory(display_name="Marisol")

    seat = services.appoint_facilitator(AdminFactory(), group=group, person=person)

    assert (seat.state, seat.role, seat.alias, seat.runs_it) == ("active", "facilitator", "Marisol", True)


@pytest.mark.parametrize(
    "held",
    [
        {"state": "active"},
        {"state": "paused"},
        {"state": "requested", "joined_at": None},
        {"state": "invited", "joined_at": None},
        {"state": "waitlisted", "joined_at": None, "queued_at": timezone.now()},
    ],
    ids=lambda held: held["state"],
)
def test_appointing_somebody_who_is_here_keeps_their_row_and_name(held):
    seat = MembershipFactory(alias="Wren", **held)

    appointed = services.appoint_facilitator(AdminFactory(), group=seat.group, person=seat.user)

    assert (appointed.pk, appointed.alias, appointed.runs_it) == (seat.pk, "Wren", True)


def test_appointing_refuses_somebody_blocked_or_gone():
    blocked = MembershipFactory(state="blocked", joined_at=None)
    for person in (blocked.user, UserFactory(state="suspended", is_active=False)):
        with pytest.raises(CannotRunGroup):
            services.appoint_facilitator(AdminFactory(), group=blocked.group, person=person)


def test_appointing_refuses_a_name_that_is_taken_and_no_name():
    seat = MembershipFactory(alias="Wren")

    with pytest.raises(NameTaken):
        services.appoint_facilitator(AdminFactory(), group=seat.group, person=UserFactory(), alias="wren")
    with pytest.raises(NoName):
        services.appoint_facilitator(AdminFactory(), group=seat.group, person=UserFactory(display_name=""))


# -- the door ---------------------------------------------------------------------------------------------
def test_only_its_facilitators_and_admins_set_the_door():
    group = GroupFactory()
    for stranger in (UserFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            services.set_door(stranger, group=group, url="https://meet.jit.si/room")
        with pytest.raises(NotAllowed):
            services.door_host(stranger, group=group)


@pytest.mark.parametrize(
    "url",
    [
        "http://meet.jit.si/room",
        "javascript:alert(1)",
        "https://example.com/room",
        "https://evilmeet.jit.si.example.com/room",
        "https://notzoom.us/j/1",
        "https://meet.jit.si@evil.example/room",
        "https://evil.example\\@meet.jit.si/room",
        "https://meet.jit.si:8443/room",
        "https://meet.jit.si:port/room",
        "https://[::1/room",
        "//meet.jit.si/room",
        "meet.jit.si/room",
        "https://",
    ],
)
def test_a_door_leads_only_to_rooms_we_trust(url):
    seat = FacilitatorFactory()

    with pytest.raises(DoorRefused):
        services.set_door(seat.user, group=seat.group, url=url)

    seat.group.refresh_from_db()
    assert seat.group.door is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://meet.jit.si/room", "meet.jit.si"),
        ("https://us02web.zoom.us/j/123?pwd=abc", "us02web.zoom.us"),
        ("https://MEET.jit.si:443/Room", "meet.jit.si"),
    ],
)
def test_a_door_is_kept_sealed_and_shown_by_its_host(url, host):
    seat = FacilitatorFactory()

    services.set_door(seat.user, group=seat.group, url=url)

    seat.group.refresh_from_db()
    assert url.encode() not in bytes(seat.group.door)
    assert unseal(seat.group, "door", owner=seat.group) == url
    assert services.door_host(seat.user, group=seat.group) == host
    assert url not in str(AuditEntry.objects.values_list())


def test_a_door_can_be_taken_away():
    seat = FacilitatorFactory()
    services.set_door(seat.user, group=seat.group, url="https://meet.jit.si/room")

    services.set_door(seat.user, group=seat.group, url="")

    seat.group.refresh_from_db()
    assert (seat.group.door, services.door_host(seat.user, group=seat.group)) == (None, "")
