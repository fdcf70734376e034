"""The people of the demo, and how to sign in as each."""

from dataclasses import dataclass
from datetime import time

from allauth.account.models import EmailAddress

from people.models import Organisation, User
from people.services import change_organisation

PASSWORD = "harbour-lane-demo"  # noqa: S105  # the printed password of synthetic people


@dataclass(frozen=True)
class Login:
    """One line of the printed table."""

    role: str
    email: str
    name: str
    look_at: str


LOGINS = [
    Login("admin", "amal@demo.example", "Amal", "overview, members, help lines"),
    Login("facilitator", "marisol@demo.example", "Marisol", "today, who needs a word, notes"),
    Login("second facilitator", "tunde@demo.example", "Tunde A.", "the same groups beside Marisol"),
    Login("member", "wren@demo.example", "Wren", "a session with an open door, this week's question"),
    Login("mentor", "ines@demo.example", "Ines", "mentoring: a pair with Wren, what they agreed, a meeting"),
    Login("new member", "saoirse@demo.example", "", "no group yet: find one, ask to join"),
    Login("safety lead", "priya@demo.example", "Priya", "follow-ups of every group"),
]
OTHERS = ["Leila", "Kofi", "Jun", "Mo", "Pat", "Rosa", "Dee", "Sam", "Noor", "Ana", "Theo", "Robin"]


def make_people() -> dict[str, User]:
    """Everybody, by name ("" is the new member)."""
    people = {login.name: person(login.email, login.name, PASSWORD) for login in LOGINS}
    people |= {name: person(f"{name.lower()}@demo.example", name) for name in OTHERS}
    _give_flags(people)
    return people


def person(email: str, name: str, password: str | None = None) -> User:
    """Without a password nobody signs in as them, and the demo starts sooner: each costs a quarter of a second."""
    user = User.objects.create_user(email, password, display_name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _give_flags(people: dict[str, User]) -> None:
    for name, flag in [("Amal", "is_admin"), ("Priya", "is_safety_lead")]:
        setattr(people[name], flag, True)
        people[name].save(update_fields=[flag])
    people["Wren"].pronouns = "they"
    people["Wren"].save(update_fields=["pronouns"])


def make_organisation(admin: User) -> Organisation:
    return change_organisation(
        admin,
        name="Harbour Lane Community Network",
        sender="Harbour Lane",
        contact="0113 496 0321",
        opens=time(10),
        closes=time(16),
        hours="Closed on bank holidays",
        confidentiality_limits=(
            "If we think you or someone else could be seriously harmed.\n"
            "If a child, or an adult who cannot protect themselves, is being hurt.\n"
            "If the law says we must.\n\n"
            "We try to talk with you first, and we tell as few people as we can."
        ),
    )
