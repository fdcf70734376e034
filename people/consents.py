"""What people say yes to, each thing apart, and what each version of the words covers (R113).

Whoever changes what people are asked adds a version here and leaves the old one standing: somebody said yes to it.
"""

from django.utils.translation import gettext_lazy as _

CHECK_INS = {"purpose": "checkins", "version": "1"}
HELLO = {"purpose": "hello", "version": "1"}
BEFORE_ASKING = "0"  # of a hello: it was on before anybody was asked about it

TITLES = {"checkins": _("Check-ins"), "hello": _("A hello if you miss a session")}
COVERS = {
    ("checkins", "1"): _("We ask you how you are, as often as you choose."),
    ("hello", "0"): _(
        "Somebody who runs your group may say hello if you miss a session. This was on before we asked about it."
    ),
    ("hello", "1"): _("If you miss a session, those who run the group may say hello. Two in a row at most."),
}
