"""Places that can help, notes and reports."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from notes.models import Note, Report
from people.sealed import seal
from resources.models import CrisisLine, Resource
from tests.factories.groups import GroupFactory
from tests.factories.people import AdminFactory, UserFactory


def report(reporter, words, **where):
    """Something that somebody says is not right, with its words sealed."""
    row = Report(reporter=reporter, **where)
    seal(row, "words", words, owner=row)
    row.save()
    return row


class ResourceFactory(DjangoModelFactory):
    class Meta:
        model = Resource

    slug = factory.Sequence(lambda n: f"place-{n}")
    name = factory.Sequence(lambda n: f"Place {n}")
    what_for = "Somebody to talk to about money."
    phone = "0113 496 0000"
    published = True
    checked_on = factory.LazyFunction(timezone.localdate)
    checked_by = factory.SubFactory(AdminFactory)


class CrisisLineFactory(DjangoModelFactory):
    class Meta:
        model = CrisisLine

    name = "Samaritans"
    number = "116 123"
    words = "Samaritans. Free, at any hour"
    confirmed_at = factory.LazyFunction(timezone.now)
    confirmed_by = factory.SubFactory(AdminFactory)


class NoteFactory(DjangoModelFactory):
    """That there is a note. Its words are written through `notes.services.write_note`."""

    class Meta:
        model = Note

    group = factory.SubFactory(GroupFactory)
    author = factory.SubFactory(UserFactory)
    retain_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))
