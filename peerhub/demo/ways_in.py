"""The demo's ways in from outside: what people did not find, a link that is passed on, a letter, an open feed."""

from groups.letters import invite
from groups.models import Group, Term, Wish
from groups.services import change_group, make_link, make_wish
from people.models import User


def make_ways_in(groups: dict[str, Group], people: dict[str, User]) -> None:
    _wishes(people)
    marisol, evenings = people["Marisol"], groups["evenings"]
    make_link(marisol, group=evenings)
    invite(marisol, emails=["robin.friend@demo.example"], role="member", group=evenings)
    change_group(people["Amal"], group=groups["talking"], shared_openly=True)


def _wishes(people: dict[str, User]) -> None:
    """One of each kind: somebody waits, somebody wants a suggestion, somebody would help to start one."""
    topic = Term.objects.filter(kind=Term.Kind.TOPIC).order_by("name").first()
    make_wish(people["Pat"], kind=Wish.Kind.WAIT, term=topic, way=Group.Format.IN_PERSON)
    make_wish(
        people[""], kind=Wish.Kind.SUGGEST, way=Group.Format.ONLINE,
        words="I moved here in spring and know nobody. Evenings would be best.",
    )  # fmt: skip
    make_wish(people["Theo"], kind=Wish.Kind.START, words="Something for people on night shifts. I could do mornings.")
