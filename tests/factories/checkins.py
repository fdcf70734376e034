"""How people are, and who looks after them."""

from datetime import date, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from checkins.models import Answer, CheckIn, Duty, Escalation, FollowUp, Prompt, Reply, Rhythm
from people.reader import as_reader
from people.sealed import seal
from tests.factories.groups import GroupFactory
from tests.factories.people import UserFactory


class RhythmFactory(DjangoModelFactory):
    class Meta:
        model = Rhythm

    user = factory.SubFactory(UserFactory)
    next_at = factory.LazyFunction(timezone.now)


class PromptFactory(DjangoModelFactory):
    class Meta:
        model = Prompt

    text = factory.Sequence("How has it been, for the {}. time?".format)
    created_by = factory.SubFactory(UserFactory)


class CheckInFactory(DjangoModelFactory):
    class Meta:
        model = CheckIn

    user = factory.SubFactory(UserFactory)
    week = date(2026, 11, 16)
    prompt = "How are you doing?"


def answer(checkin, words):
    """Words sealed under a check-in, written as its own person."""
    row = Answer(checkin=checkin)
    seal(row, "words", words, owner=checkin.user)
    with as_reader(checkin.user):
        row.save()
    return row


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = FollowUp

    about = factory.SubFactory(UserFactory)
    group = factory.SubFactory(GroupFactory)
    cause = "hand"
    key = factory.Sequence(lambda n: f"hand {n}")
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


def reply(followup, author, words):
    """Words in a follow-up, as their author writes them."""
    row = Reply(followup=followup, author=author)
    seal(row, "words", words, owner=followup.about)
    with as_reader(author):
        row.save()
    return row


class EscalationFactory(DjangoModelFactory):
    class Meta:
        model = Escalation

    followup = factory.SubFactory(FollowUpFactory, cause="hard")
    step = 1
    due_at = factory.LazyFunction(timezone.now)


class DutyFactory(DjangoModelFactory):
    class Meta:
        model = Duty

    group = factory.SubFactory(GroupFactory)
    reader = factory.SubFactory(UserFactory)
    days = factory.LazyFunction(lambda: [0, 1, 2, 3])
    opens = time(10)
    closes = time(16)
    set_by = factory.SelfAttribute("reader")
