"""Forms of the pages that belong to no app alone."""

from home.forms.closing import MOST_PROMISES, ClosingForm, PromiseForms
from home.forms.manage import InviteForm, NamesForm, RolesForm
from home.forms.settings import SettingsForm

__all__ = ["MOST_PROMISES", "ClosingForm", "InviteForm", "NamesForm", "PromiseForms", "RolesForm", "SettingsForm"]
