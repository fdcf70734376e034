"""What happens in groups that apps above may want to hear. Sent inside the transaction."""

from django.dispatch import Signal

member_joined = Signal()  # membership
member_left = Signal()  # membership: left, removed or blocked
group_ended = Signal()  # group, actor (None: its planned end came)
group_moved = Signal()  # group, actor: it meets in another place, or in another way
group_reopened = Signal()  # group
member_paused = Signal()  # membership
member_resumed = Signal()  # membership
