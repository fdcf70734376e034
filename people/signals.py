"""What people's own part here tells the apps above, inside the transaction of the change."""

from django.dispatch import Signal

consent_withdrawn = Signal()  # person, purpose: what hangs on this yes ends
stepped_back = Signal()  # person: suspended, or with other roles than before
