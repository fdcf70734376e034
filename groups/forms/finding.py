"""What people type when they look for a group."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from groups.querysets import GroupQuerySet
from people.forms import SingleLineField


class DirectoryForm(forms.Form):
    """What somebody looks for. Whatever it cannot read, it leaves out."""

    WHERE = [(Group.Format.ONLINE.value, _("Online")), (Group.Format.IN_PERSON.value, _("In person"))]

    q = SingleLineField(label=_("What is it about?"), required=False, max_length=80)
    where = forms.MultipleChoiceField(label=_("Where"), choices=WHERE, required=False)
    room = forms.BooleanField(label=_("Free seats now"), required=False)

    def found_in(self, groups: GroupQuerySet) -> GroupQuerySet:
        """Those of `groups` that match; they come `with_counts()`."""
        self.is_valid()
        groups = groups.about(self.cleaned_data.get("q", ""))
        if where := self.cleaned_data.get("where"):
            groups = groups.meeting(where)
        return groups.with_room() if self.cleaned_data.get("room") else groups
