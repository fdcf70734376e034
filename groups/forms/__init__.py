"""What people type about groups."""

from groups.forms.agreement import AgreementForm
from groups.forms.asking import AgreeForm, AskForm
from groups.forms.deciding import DecisionForm
from groups.forms.finding import DirectoryForm
from groups.forms.settings import DoorForm, FacilitatorForm, GroupForm

__all__ = [
    "AgreeForm",
    "AgreementForm",
    "AskForm",
    "DecisionForm",
    "DirectoryForm",
    "DoorForm",
    "FacilitatorForm",
    "GroupForm",
]
