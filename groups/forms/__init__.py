"""What people type about groups."""

from groups.forms.agreement import AgreementForm, ProposalAnswerForm, ProposalForm
from groups.forms.announcing import NewsForm
from groups.forms.appointing import FacilitatorForm
from groups.forms.asking import AgreeForm, AskForm, NameAndWordsForm
from groups.forms.belonging import FitForm, LeaveForm, PauseForm, PlaceNameForm, PutOutForm
from groups.forms.deciding import DecisionForm, TalkAnswerForm, TalkForm
from groups.forms.ending import EndingForm
from groups.forms.finding import DirectoryForm
from groups.forms.inviting import LettersForm, LinkForm
from groups.forms.pairs import ExtendForm, PairAgreementForm, ProfileForm, ProposeForm, ReviewForm, YesOrNoForm
from groups.forms.settings import DoorForm, GroupForm
from groups.forms.standing import AwayForm, SeatForm, StepDownForm
from groups.forms.wishes import SelfCheckForm, WishAnswerForm, WishForm
from groups.forms.wording import AreaForm, TermForm

__all__ = [
    "AgreeForm",
    "AgreementForm",
    "AreaForm",
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
    "NameAndWordsForm",
    "NewsForm",
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
    "TalkAnswerForm",
    "TalkForm",
    "TermForm",
    "WishAnswerForm",
    "WishForm",
    "YesOrNoForm",
]
