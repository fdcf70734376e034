"""What people type about groups."""

from groups.forms.agreement import AgreementForm, ProposalAnswerForm, ProposalForm
from groups.forms.appointing import FacilitatorForm
from groups.forms.asking import AgreeForm, AskForm
from groups.forms.belonging import FitForm, LeaveForm, PauseForm, PlaceNameForm, PutOutForm
from groups.forms.deciding import DecisionForm
from groups.forms.ending import EndingForm
from groups.forms.finding import DirectoryForm
from groups.forms.inviting import LettersForm, LinkForm
from groups.forms.pairs import ExtendForm, PairAgreementForm, ProfileForm, ProposeForm, ReviewForm, YesOrNoForm
from groups.forms.settings import DoorForm, GroupForm
from groups.forms.standing import AwayForm, SeatForm, StepDownForm
from groups.forms.wishes import SelfCheckForm, WishAnswerForm, WishForm

__all__ = [
    "AgreeForm",
    "AgreementForm",
    "AskForm",
    "AwayForm",
    "DecisionForm",
    "DirectoryForm",
    "DoorForm",
    "EndingForm",
    "ExtendForm",
    "FacilitatorForm",
    "FitForm",
    "GroupForm",
    "LeaveForm",
    "LettersForm",
    "LinkForm",
    "PairAgreementForm",
    "PauseForm",
    "PlaceNameForm",
    "ProfileForm",
    "ProposalAnswerForm",
    "ProposalForm",
    "ProposeForm",
    "PutOutForm",
    "ReviewForm",
    "SeatForm",
    "SelfCheckForm",
    "StepDownForm",
    "WishAnswerForm",
    "WishForm",
    "YesOrNoForm",
]
