"""Changes to people and the organisation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people import services
from people.models import AuditEntry, Consent, Heartbeat, Organisation, User
from people.policy import NotAllowed
from tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db


def recorded(action):
    return list(AuditEntry.objects.filter(action=action).values_list("actor_id", "about_id", "reason"))


def test_nobody_changes_somebody_else():
    with pytest.raises(NotAllowed):
        services.change_person(AdminFactory(), person=UserFactory(), display_name="Wren")


def test_a_person_changes_themself_and_the_record_holds_no_word_of_it():
    person = UserFactory()

    services.change_person(person, person=person, display_name="Wren", pronouns="they")

    assert User.objects.get().display_name == "Wren"
    assert recorded("person.change") == [(person.pk, person.pk, "display_name, pronouns")]


def test_only_admins_give_roles():
    person = UserFactory()

    with pytest.raises(NotAllowed):
        services.change_roles(person, person=person, is_admin=True, is_safety_lead=True)


def test_an_admin_gives_a_role_and_it_is_recorded():
    admin, person = AdminFactory(), UserFactory()

    services.change_roles(admin, person=person, is_admin=False, is_safety_lead=True)

    person.refresh_from_db()
    assert (person.is_admin, person.is_safety_lead) == (False, True)
    assert recorded("person.roles") == [(admin.pk, person.pk, "safety lead")]


def test_the_last_admin_cannot_step_down():
    admin = AdminFactory()

    with pytest.raises(services.LastAdmin, match="only admin"):
        services.change_roles(admin, person=admin, is_admin=False, is_safety_lead=False)


def test_one_of_two_admins_can_step_down():
    admin, _ = AdminFactory(), AdminFactory()

    services.change_roles(admin, person=admin, is_admin=False, is_safety_lead=False)

    assert User.objects.admins().count() == 1


def test_only_admins_change_the_organisation(organisation):
    with pytest.raises(NotAllowed):
        services.change_organisation(UserFactory(), name="Mine")


def test_the_organisation_changes(organisation):
    services.change_organisation(AdminFactory(), name="Quay Hall", answer_days=3)

    assert Organisation.objects.values_list("name", "answer_days").get() == ("Quay Hall", 3)


def test_agreeing_twice_is_one_row():
    person = UserFactory()

    first = services.give_consent(person, purpose="checkins", version="1")
    second = services.give_consent(person, purpose="checkins", version="1")

    assert first == second
    assert len(recorded("consent.give")) == 1


def test_new_words_close_the_old_consent():
    person = UserFactory()
    services.give_consent(person, purpose="checkins", version="1")

    services.give_consent(person, purpose="checkins", version="2")

    assert list(Consent.objects.filter(withdrawn_at=None).values_list("version", flat=True)) == ["2"]
    assert Consent.objects.count() == 2


def test_taking_back_what_was_never_given_is_harmless():
    assert services.withdraw_consent(UserFactory(), purpose="checkins") == 0


def test_the_clock_leaves_a_sign_of_life():
    services.heard("tick")
    services.heard("tick")

    assert timezone.now() - Heartbeat.objects.get().at < timedelta(seconds=5)
