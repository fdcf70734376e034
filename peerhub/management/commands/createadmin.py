"""Makes the first admin, who then sets up the organisation in the browser."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import EmailValidator
from django.db import transaction

from people import audit
from people.models import User


class Command(BaseCommand):
    help = "Makes an admin who signs in with a code by e-mail, or makes somebody who has an account an admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            EmailValidator()(email)
        except ValidationError:
            raise CommandError("Give an e-mail address, like name@example.org.") from None
        make_admin(email.strip().lower())
        self.stdout.write(f"Sign in with a code by e-mail: {settings.SITE_URL}/accounts/login/code/")


@transaction.atomic
def make_admin(email: str) -> User:
    """An active admin with this address, which counts as verified: whoever runs this command vouches for it."""
    person = User.objects.filter(email=email).first() or User.objects.create_user(email)
    person.is_admin = True
    person.save(update_fields=["is_admin"])
    EmailAddress.objects.update_or_create(user=person, email=email, defaults={"verified": True, "primary": True})
    audit.record(None, "person.roles", person, about=person, reason="admin, from the command line")
    return person
