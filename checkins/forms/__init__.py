"""What people type and tap about check-ins and follow-ups."""

from checkins.forms.answering import MoodForm, SayMoreForm
from checkins.forms.followups import AddSomeoneForm, DoneForm
from checkins.forms.messages import MessagesForm

__all__ = ["AddSomeoneForm", "DoneForm", "MessagesForm", "MoodForm", "SayMoreForm"]
