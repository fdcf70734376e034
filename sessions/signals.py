"""What happens in sessions that apps above may want to hear. Sent inside the transaction."""

from django.dispatch import Signal

roll_kept = Signal()  # session, actor: somebody said who came, or put it right
