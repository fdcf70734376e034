"""What people type when nothing fits, and the four questions of the gentle self-check."""

from typing import Any, cast

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from groups.models import Area, Group, Term
from people.forms import WordsField

_LIST = {"invalid_choice": _("Choose one from the list, or leave it open")}


class SelfCheckForm(forms.Form):
    """Four questions, each of which may be skipped. It refuses nobody: what it cannot read counts as skipped."""

    help = forms.ChoiceField(
        label=_("Would it help to talk with people who have lived through something like it?"),
        choices=[
            ("yes", _("Yes, I think so")),
            ("maybe", _("I am not sure")),
            ("one", _("Rather with one person than with several")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    room = forms.ChoiceField(
        label=_("Is there room for it in your week?"),
        choices=[
            ("yes", _("Yes, an hour or two")),
            ("some", _("Some weeks, not every week")),
            ("no", _("Not at the moment")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    listening = forms.ChoiceField(
        label=_("How do you feel about listening to others, and being listened to?"),
        choices=[
            ("fine", _("Fine with both")),
            ("listen", _("I would rather listen at first")),
            ("hard", _("Hearing hard things is a lot for me right now")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    urgent = forms.ChoiceField(
        label=_("Is there something that cannot wait?"),
        choices=[("no", _("No")), ("unsure", _("I am not sure")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
        required=False,
    )

    THOUGHTS = {
        ("help", "yes"): _("People who have lived it often understand without many words. Groups are made for that."),
        ("help", "maybe"): _("Not being sure is a good reason to look first. Reading about one binds you to nothing."),
        ("help", "one"): _("Many people find one person easier than a room. That is worth looking for."),
        ("room", "yes"): _("That is enough. Most groups meet for an hour or a little more."),
        ("room", "some"): _("Nobody counts how often you come, and you can take a break whenever you need one."),
        ("room", "no"): _("Then this may not be the moment, and that is fine. Nothing here runs away."),
        ("listening", "fine"): _("Then you know most of it already: we listen more than we advise."),
        ("listening", "listen"): _("Listening is taking part. Saying “pass” is always fine."),
        ("listening", "hard"): _("You can step out of any session, without a reason. Some people begin one to one."),
    }  # fmt: skip

    def answers(self) -> dict[str, str]:
        """What was answered; skipped questions are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def thoughts(self) -> list[str]:
        """One sentence for each answer, in the order of the questions."""
        return [str(self.THOUGHTS[given]) for given in self.answers().items() if given in self.THOUGHTS]


class WishForm(forms.Form):
    """What somebody looks for. Nothing of it has to be said; words only once they are signed in."""

    WAYS = [("", _("Either is fine")), ("online", _("Online")), ("in_person", _("In person"))]

    term = forms.ModelChoiceField(
        label=_("What it is about, or who it is for"),
        queryset=Term.objects.none(),
        required=False,
        empty_label=_("Anything"),
        error_messages=_LIST,
    )
    area = forms.ModelChoiceField(
        label=_("Where"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=_("Anywhere"),
        error_messages=_LIST,
    )
    way = forms.ChoiceField(
        label=_("Online or in person"),
        choices=WAYS,
        widget=forms.RadioSelect,
        required=False,
        error_messages=_LIST,
    )
    words = WordsField(label=_("In your own words"), required=False, max_length=2000)

    def __init__(self, data: Any = None, *, signed_in: bool, readers: str, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        terms, areas = Term.objects.order_by("kind", "name", "pk"), Area.objects.order_by("name", "pk")
        self._offer("term", terms, _grouped(terms))
        self._offer("area", areas, [(area.pk, area.name) for area in areas])
        self.fields["words"].help_text = lazystr(readers)
        if not signed_in:
            del self.fields["words"]

    def wish(self) -> dict[str, Any]:
        """What the service is told."""
        return {name: self.cleaned_data[name] for name in ("term", "area", "way", "words") if name in self.cleaned_data}

    def kept(self) -> dict[str, Any]:
        """The choices, without words, as a visit can carry them through signing in."""
        term, area = self.cleaned_data.get("term"), self.cleaned_data.get("area")
        return {"term": term and term.pk, "area": area and area.pk, "way": self.cleaned_data["way"]}

    def _offer(self, name: str, rows: Any, choices: list[Any]) -> None:
        """The organisation's own words to choose from; where it has none, nobody is asked."""
        if not choices:
            del self.fields[name]
            return
        field = cast("forms.ModelChoiceField[Any]", self.fields[name])
        field.queryset = rows
        field.choices = [("", field.empty_label), *choices]


class WishAnswerForm(forms.Form):
    """An admin's answer: a group, or that somebody read it."""

    suggestion = forms.ModelChoiceField(
        label=_("A group to suggest"),
        queryset=Group.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("Choose a group"),
        help_text=_("Groups that are open and that anybody can find."),
        error_messages={"invalid_choice": _("Choose a group from the list")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        groups = cast("forms.ModelChoiceField[Group]", self.fields["suggestion"])
        groups.queryset = Group.objects.listed().by_name()

    def clean(self) -> dict[str, Any]:
        if self.data.get("answer") != "noted" and not self.cleaned_data.get("suggestion") and not self.errors:
            self.add_error("suggestion", _("Choose the group that you suggest"))
        return self.cleaned_data

    def group(self) -> Group | None:
        """The group to suggest, None when it was only read."""
        return None if self.data.get("answer") == "noted" else self.cleaned_data["suggestion"]


def _grouped(terms: Any) -> list[Any]:
    """Topics under one heading, audiences under the other."""
    rows = [(label, [(term.pk, term.name) for term in terms if term.kind == kind]) for kind, label in Term.Kind.choices]
    return [row for row in rows if row[1]]
