"""Changes to people and the organisation."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from people import services
from people.models import AuditEntry, Consent, Heartbeat, Organisation, User
from people.policy import NotAllowed
from people.signals import consent_withdrawn
from tests.factories import AdminFactory, HelloConsentFactory, UserFactory

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


def test_members_and_oneself_are_not_suspended_by_themselves():
    admin, person = AdminFactory(), UserFactory()

    with pytest.raises(NotAllowed):
        services.suspend_person(person, person=UserFactory())
    with pytest.raises(NotAllowed):
        services.suspend_person(admin, person=admin)
    with pytest.raises(NotAllowed):
        services.reinstate_person(person, person=UserFactory(state="suspended", is_active=False))


def test_somebody_suspended_is_out_at_once(as_person):
    admin, person = AdminFactory(), UserFactory()
    browser = as_person(person)
    browser.get("/resources/")
    assert UserSession.objects.filter(user=person).count() == 1

    services.suspend_person(admin, person=person)
    services.suspend_person(admin, person=person)

    assert (person.state, person.is_active) == ("suspended", False)
    assert UserSession.objects.filter(user=person).count() == 0
    assert not Session.objects.filter(session_key=browser.session.session_key).exists()
    assert recorded("person.suspend") == [(admin.pk, person.pk, "")]


def test_somebody_suspended_may_come_back():
    admin, person = AdminFactory(), UserFactory(state="suspended", is_active=False)

    services.reinstate_person(admin, person=person)
    services.reinstate_person(admin, person=person)

    assert User.objects.get(pk=person.pk).is_active
    assert recorded("person.reinstate") == [(admin.pk, person.pk, "")]


def test_nobody_erased_comes_back():
    person = UserFactory(state="erased", is_active=False, display_name="")

    services.reinstate_person(AdminFactory(), person=person)

    assert User.objects.get(pk=person.pk).state == "erased"


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_step_down_at_once_leave_one():
    admins, outcomes, start = [AdminFactory(), AdminFactory()], [], Barrier(2)

    def step_down(admin):
        try:
            start.wait()
            services.change_roles(admin, person=admin, is_admin=False, is_safety_lead=False)
            outcomes.append("stepped down")
        except services.LastAdmin:
            outcomes.append("stays")
        finally:
            connection.close()

    threads = [Thread(target=step_down, args=[admin]) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["stays", "stepped down"]


def test_only_admins_change_the_organisation(organisation):
    with pytest.raises(NotAllowed):
        services.change_organisation(UserFactory(), name="Mine")


def test_the_organisation_changes(organisation):
    services.change_organisation(AdminFactory(), name="Quay Hall", answer_days=3)

    assert Organisation.objects.values_list("name", "answer_days").get() == ("Quay Hall", 3)


def test_agreeing_twice_is_one_row():
    person = UserFactory()

    first = services.give_consent(person, purpose="checkins", version="1", channel="joining")
    second = services.give_consent(person, purpose="checkins", version="1", channel="joining")

    assert first == second
    assert len(recorded("consent.give")) == 1


def test_new_words_close_the_old_consent():
    person = UserFactory()
    services.give_consent(person, purpose="checkins", version="1", channel="joining")

    services.give_consent(person, purpose="checkins", version="2", channel="messages")

    assert list(Consent.objects.filter(withdrawn_at=None).values_list("version", flat=True)) == ["2"]
    assert Consent.objects.count() == 2


def test_taking_back_what_was_never_given_is_harmless():
    assert services.withdraw_consent(UserFactory(), purpose="checkins") == 0


@pytest.mark.parametrize(("yes", "standing"), [(None, True), (False, False), (True, True)])
def test_a_hello_is_only_touched_where_it_was_asked_about(yes, standing):
    person = HelloConsentFactory().user

    services.keep_hello(person, yes, channel="joining")

    assert person.consents.standing("hello").exists() is standing
    assert person.consents.count() == 1


def test_what_hangs_on_a_yes_hears_that_it_was_taken_back_and_no_more_than_that():
    person, heard = UserFactory(), []

    def listen(sender, person, purpose, **kwargs):
        heard.append((person, purpose))

    consent_withdrawn.connect(listen)
    services.withdraw_consent(person, purpose="hello")
    services.give_consent(person, purpose="hello", version="0", channel="")
    services.give_consent(person, purpose="hello", version="1", channel="joining")
    assert heard == []

    services.withdraw_consent(person, purpose="hello")
    assert heard == [(person, "hello")]


def test_the_clock_leaves_a_sign_of_life():
    services.heard("tick")
    services.heard("tick")

    assert timezone.now() - Heartbeat.objects.get().at < timedelta(seconds=5)
