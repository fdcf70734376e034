"""How those who run a group answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Membership


class DecisionForm(forms.Form):
    """One of three answers, and the state in which the facilitator saw the request."""

    decision = forms.ChoiceField(
        choices=[("accept", "accept"), ("waitlist", "waitlist"), ("decline", "decline")],
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose an answer")},
    )
    seen = forms.ChoiceField(
        choices=[(state, state) for state in (Membership.State.REQUESTED.value, Membership.State.WAITLISTED.value)],
        widget=forms.HiddenInput,
    )
