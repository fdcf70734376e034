"""Fills an empty database with the demo's synthetic people, and prints how to sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from groups.models import Group
from notes.models import Note
from peerhub.demo.after import look_back
from peerhub.demo.arriving import make_arrivals
from peerhub.demo.asking import ask_in_our_words
from peerhub.demo.changing import change_some
from peerhub.demo.choosing import choose_messages
from peerhub.demo.closing import close_last
from peerhub.demo.evening import make_evening
from peerhub.demo.finding import make_findable
from peerhub.demo.groups import EVENINGS, keep_a_door_open, make_groups, make_sessions
from peerhub.demo.hosting import make_hosting
from peerhub.demo.news import write_news
from peerhub.demo.partings import make_partings
from peerhub.demo.people import LOGINS, PASSWORD, make_organisation, make_people
from peerhub.demo.places import make_places
from peerhub.demo.planning import make_monthly
from peerhub.demo.reading import choose_readers
from peerhub.demo.reminding import make_reminders
from peerhub.demo.seats import make_seats
from peerhub.demo.standing import make_standing
from peerhub.demo.talking import keep_in_touch
from peerhub.demo.waiting import make_waiting
from peerhub.demo.ways_in import make_ways_in
from peerhub.demo.words import make_words
from peerhub.demo.worrying import write_concerns
from people.models import User


class Command(BaseCommand):
    help = "Fills an empty database with synthetic people and groups. Twice is harmless; refused in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's people have a printed password. They are not for production.")
        with translation.override(settings.LANGUAGE_CODE):
            if not User.objects.filter(email=LOGINS[0].email).exists():
                make_everything()
            elif not Note.objects.exists():  # the last thing that is made
                raise CommandError("The demo data is half made. Start over with `python3 dev.py demo --fresh`.")
            open_a_door()
        self.stdout.write(table())


def make_everything() -> None:
    """Not one transaction: answers and notes are written as their own readers. It starts over with `--fresh`."""
    people = make_people()
    make_organisation(people["Amal"])
    make_places(people["Amal"])
    groups = make_groups(people)
    make_findable(groups, people["Amal"])
    make_sessions(groups, people)
    make_arrivals(groups, people)
    make_ways_in(groups, people)
    make_partings(groups, people)
    make_waiting(people)
    make_standing(groups, people)
    make_hosting(groups, people)
    make_monthly(groups, people)
    change_some(groups, people)
    make_seats(groups, people)
    look_back(people, groups)
    write_news(people, groups)
    close_last(groups["evenings"], people["Marisol"], people)
    keep_in_touch(people, groups)
    choose_readers(groups, people)
    ask_in_our_words(groups, people)
    choose_messages(people)
    write_concerns(people, groups)
    make_words(groups, people)


def open_a_door() -> None:
    """Whenever the demo starts, there is a session to go into."""
    people = {login.name: User.objects.get(email=login.email) for login in LOGINS}
    group = Group.objects.filter(name=EVENINGS["name"], state=Group.State.OPEN).first()
    if group and group.memberships.facilitators().filter(user=people["Marisol"]).exists():
        belonging = group.memberships.members().filter(user=people["Wren"])
        session = keep_a_door_open(group, people["Marisol"], [membership.user for membership in belonging])
        make_evening(session, people)
        make_reminders(session)


def table() -> str:
    lines = [f"  {login.role:<20} {login.email:<22} {login.look_at}" for login in LOGINS]
    return "\n".join([f"Sign in with the password {PASSWORD}", *lines])
