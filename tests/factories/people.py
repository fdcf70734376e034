"""People, the organisation, and what people are told."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from notices.models import Delivery, Notice
from people.models import Consent, Organisation, User


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("id",)

    id = 1
    name = "Harbour Lane Community Network"
    sender = "Harbour Lane"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    display_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class AdminFactory(UserFactory):
    is_admin = True


class SafetyLeadFactory(UserFactory):
    is_safety_lead = True


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = Consent

    user = factory.SubFactory(UserFactory)
    purpose = "checkins"
    version = "1"


class HelloConsentFactory(ConsentFactory):
    purpose = "hello"


class TakenBackFactory(ConsentFactory):
    """Given an hour ago, and taken back."""

    given_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    withdrawn_at = factory.LazyFunction(timezone.now)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    topic = "test"
    key = factory.Sequence(lambda n: f"key {n}")


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    notice = factory.SubFactory(NoticeFactory)
