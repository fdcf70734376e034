"""What people choose when they look for a group."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models.functions import Lower
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groups.finding import DAYS, PARTS, meeting_mark
from groups.models import Area, Group, Term
from groups.querysets import GroupQuerySet
from groups.words import language_choices
from people.forms import SingleLineField

Choices = list[tuple[str, Any]]
WEEKEND = {6, 7}  # as ISO counts days


class Picks(forms.MultipleChoiceField):
    """Some of several. What is not among them is left out."""

    def __init__(self, *, label: Any, choices: Choices | None = None) -> None:
        super().__init__(label=label, choices=choices or [], required=False)

    def to_python(self, value: Any) -> list[str]:
        values = value if isinstance(value, list) else []
        return [one for one in dict.fromkeys(values) if self.valid_value(one)]


class OneOf(forms.ChoiceField):
    """One of several or none. What is not among them is none."""

    def __init__(self, *, label: Any, choices: Any = ()) -> None:
        super().__init__(label=label, choices=choices, required=False)

    def to_python(self, value: Any) -> str:
        return value if isinstance(value, str) and self.valid_value(value) else ""


class DirectoryForm(forms.Form):
    """What somebody looks for. Whatever it cannot read, it leaves out."""

    WHERE: Choices = [(Group.Format.ONLINE.value, _("Online")), (Group.Format.IN_PERSON.value, _("In person"))]
    WHEN: Choices = [("daytime", _("Daytime")), ("evening", _("Evening")), ("weekend", _("Weekend"))]
    DAYS: Choices = [("", _("Any day")), *((str(number + 1), name) for number, name in WEEKDAYS.items())]

    q = SingleLineField(label=_("What is it about?"), required=False, max_length=80)
    where = Picks(label=_("Where"), choices=WHERE)
    near = OneOf(label=_("Nearest first, from"))
    when = Picks(label=_("When"), choices=WHEN)
    need = Picks(label=_("What matters to you"), choices=list(Group.Access.choices))
    room = forms.BooleanField(label=_("Free seats now"), required=False)
    day = OneOf(label=_("Day"), choices=DAYS)
    language = OneOf(label=_("Language"))
    area = OneOf(label=_("Area"))
    audience = Picks(label=_("Who it is for"))
    topic = Picks(label=_("Topics"))

    RARE = ("day", "language", "area", "audience", "topic")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.terms = list(Term.objects.order_by(Lower("name")))
        self.areas = list(Area.objects.order_by(Lower("name")))
        self._offer("language", _spoken(self.data.get("language")), _("Any language"))
        self._offer("near", _named(area for area in self.areas if area.is_on_the_map), _("Anywhere"))
        self._offer("area", _named(self.areas), _("Any area"))
        for kind in Term.Kind.values:
            self._offer(kind, _named(term for term in self.terms if term.kind == kind))
        self.is_valid()

    @property
    def nearest_to(self) -> Area | None:
        """The area that the nearest groups are wanted for."""
        return self._area("near")

    @property
    def areas_from_near(self) -> list[int]:
        """Every area, the nearest first; those that are on no map come last, by name."""
        start = self.nearest_to
        return [] if start is None else [area.pk for area in sorted(self.areas, key=start.km_to)]

    @property
    def is_rare(self) -> bool:
        """Whether one of the filters that stay folded is in use."""
        return any(self.cleaned_data.get(name) for name in self.RARE)

    @property
    def chosen(self) -> list[str]:
        """The filters in use, in the words of their buttons."""
        fields = {name: field for name, field in self.fields.items() if isinstance(field, forms.ChoiceField)}
        words = [self._words(name, field) for name, field in fields.items() if name != "near"]
        if self.cleaned_data.get("room"):
            words.append([str(self.fields["room"].label)])
        if area := self.nearest_to:
            words.append([str(pgettext_lazy("filter", "nearest to %(area)s")) % {"area": area.name}])
        return [word for some in words for word in some]

    def found_in(self, groups: GroupQuerySet) -> GroupQuerySet:
        """Those of `groups` that match altogether."""
        found = groups.about(self.cleaned_data.get("q", "")).marked(*self._marks())
        return found.with_counts().with_room() if self.cleaned_data["room"] else found

    def _offer(self, name: str, choices: Choices, none: Any = None) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices if none is None else [("", none), *choices]

    def _area(self, name: str) -> Area | None:
        return next((area for area in self.areas if str(area.public_id) == self.cleaned_data[name]), None)

    def _marks(self) -> list[list[str]]:
        """What the index has to hold: one of each list, first what few groups have."""
        held = self.cleaned_data
        area, chosen = self._area("area"), {*held["topic"], *held["audience"]}
        terms = [term for term in self.terms if str(term.public_id) in chosen]
        return [
            [f"area:{area.pk}"] if area else [],
            *([f"term:{term.pk}" for term in terms if term.kind == kind] for kind in Term.Kind.values),
            self._times(),
            [f"speaks:{held['language']}"] if held["language"] else [],
            *([f"access:{need}"] for need in held["need"]),
            [f"where:{way}" for way in held["where"]],
        ]

    def _times(self) -> list[str]:
        """Each day and time of day that would do; where any would, nothing is asked."""
        days = {int(self.cleaned_data["day"])} if self.cleaned_data["day"] else set()
        parts = set(self.cleaned_data["when"])
        if "weekend" in parts:
            days |= WEEKEND
        if not days and not parts:
            return []
        times = parts & set(PARTS) or PARTS
        return [f"meets:{meeting_mark(day, part)}" for day in days or DAYS for part in times]

    def _words(self, name: str, field: forms.ChoiceField) -> list[str]:
        held = self.cleaned_data[name]
        held = held if isinstance(held, list) else [held]
        return [str(label) for value, label in cast(Choices, field.choices) if value and value in held]


def _named(things: Iterable[Area | Term]) -> Choices:
    return [(str(thing.public_id), thing.name) for thing in things]


def _spoken(chosen: Any) -> Choices:
    """The languages that groups speak, and the one that is asked for."""
    spoken = Group.objects.languages_spoken()
    return [row for row in language_choices() if row[0] in spoken or row[0] == chosen]
