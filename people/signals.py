"""What people's own part here tells the apps above, inside the transaction of the change."""

from django.dispatch import Signal

stepped_back = Signal()  # person: suspended, or with other roles than before
