"""Who runs a group: looked for by name or address, never a list of everybody."""

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.forms import NameField, one_line
from people.models import User

MOST_FOUND = 20


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """People by the name they gave themselves, and their address."""

    def label_from_instance(self, obj: Any) -> str:
        person = cast(User, obj)
        return f"{person.display_name} ({person.email})" if person.display_name else person.email


class FacilitatorForm(forms.Form):
    """Who runs a group, and by which name its members know them. `q` is what the reader looks for."""

    person = PersonChoice(
        label=_("Who is it?"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose somebody"), "invalid_choice": _("Choose somebody from the list")},
    )
    alias = NameField(
        label=_("Name in this group"),
        required=False,
        help_text=_("Members and visitors see it. Left empty, it is the name the person uses here."),
    )

    def __init__(self, data: Any = None, *, group: Group, q: str = "") -> None:
        super().__init__(data)
        self.q = one_line(q)[:100]
        running = group.memberships.facilitators().values("user")
        anybody = User.objects.active().exclude(pk__in=running)
        field = cast(PersonChoice, self.fields["person"])
        field.queryset = anybody
        found = list(self._found(anybody))
        self.found, self.more = found[:MOST_FOUND], len(found) > MOST_FOUND
        field.choices = [(str(person.public_id), field.label_from_instance(person)) for person in self.found]

    def _found(self, people: Any) -> Any:
        """Those in whom every word stands somewhere; nobody while nothing is looked for."""
        if not self.q:
            return []
        for word in self.q.split()[:5]:
            people = people.filter(Q(display_name__icontains=word) | Q(email__icontains=word))
        return people.order_by("display_name", "email")[: MOST_FOUND + 1]
