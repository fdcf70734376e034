"""What people type and tap about check-ins and follow-ups."""

from checkins.forms.answering import MoodForm, SayMoreForm
from checkins.forms.followups import AddSomeoneForm, DoneForm, HandOverForm
from checkins.forms.messages import MessagesForm
from checkins.forms.replies import HelloForm, ReplyForm, SaidForm
from checkins.forms.wording import PromptForm

__all__ = [
    "AddSomeoneForm",
    "DoneForm",
    "HandOverForm",
    "HelloForm",
    "MessagesForm",
    "MoodForm",
    "PromptForm",
    "ReplyForm",
    "SaidForm",
    "SayMoreForm",
]
