"""What people want to have sent, and what not."""

import pytest

from notices import services
from notices.areas import AREAS
from notices.models import Notice, Preference
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.catalogue import refused_by
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_nobody_chooses_for_somebody_else():
    person = UserFactory()

    with pytest.raises(NotAllowed):
        services.save_preferences(UserFactory(is_admin=True), user=person, mail={"news": False})
    assert services.mail_of(person) == dict.fromkeys(AREAS, True)


def test_what_was_not_asked_about_stays_as_it_was():
    person = UserFactory()
    services.save_preferences(person, user=person, mail={"news": False, "sessions": True})

    services.save_preferences(person, user=person, mail={"groups": False})

    off = [area for area, wanted in services.mail_of(person).items() if not wanted]
    assert off == ["groups", "news"]
    assert sorted(Preference.objects.values_list("area", "wanted")) == [("groups", False), ("news", False)]


def test_an_area_that_does_not_exist_is_not_kept():
    person = UserFactory()

    assert services.save_preferences(person, user=person, mail={"weather": False}) == []
    assert not Preference.objects.exists()


def test_off_and_on_again_is_one_row_and_each_change_is_recorded():
    person = UserFactory()

    services.stop_mail(person, area="news")
    services.stop_mail(person, area="news")
    services.save_preferences(person, user=person, mail={"news": True})

    assert Preference.objects.values_list("area", "wanted").get() == ("news", True)
    entries = AuditEntry.objects.filter(action="preference.change").order_by("pk")
    assert list(entries.values_list("about", "reason")) == [(person.pk, "news off"), (person.pk, "news on")]


def test_what_a_link_switched_off_is_told_in_the_app_alone():
    """Whoever held the mail may not have been the person (T1)."""
    person = UserFactory()
    services.save_preferences(person, user=person, mail={"groups": False})
    assert not Notice.objects.exists()

    services.stop_mail(person, area="news")
    services.stop_mail(person, area="news")

    notice = Notice.objects.get()
    assert (notice.user, notice.topic, notice.ids, notice.deliveries.count()) == (
        person,
        "mail.ended",
        {"area": "news"},
        0,
    )


def test_a_person_has_one_choice_an_area_and_channel():
    row = Preference.objects.create(user=UserFactory(), area="news", wanted=False)

    with refused_by("preference_once"):
        Preference.objects.create(user=row.user, area="news", wanted=True)
