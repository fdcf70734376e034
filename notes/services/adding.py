"""What the author of a concern learned after sending it: below the rest, under the same key, told anew."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from notes.models import Concern, ConcernAddition
from notes.services.concerns import ConcernClosed, ConcernSent, ensure_standing, who_knows
from notes.services.keeping import NoWords
from notes.services.unread import readers_of, tell_readers
from notices.services import tell
from people import audit, sealed
from people.models import User
from people.policy import ensure


@transaction.atomic
def add_to_concern(actor: User, *, concern: Concern, words: str, once: UUID) -> ConcernAddition:
    """Put more facts below those that were sent. Whoever may read them hears of each addition.

    `once` names it: sent again with the same words it is one.
    Raises NotAllowed, ConcernGone, ConcernSent, ConcernClosed, NoWords.
    """
    held = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    ensure(actor, "concern.add", held)
    ensure_standing(held)
    if twin := held.additions.filter(public_id=once).first():
        return _the_same(twin, held, words)
    if held.closed_at is not None:
        raise ConcernClosed(_("This one is closed, so nobody would read what you add. Record another concern."))
    if not words.strip():
        raise NoWords(_("Write what was said or seen."))
    row = ConcernAddition(concern=held, public_id=once)
    sealed.seal(row, "words", words, owner=held)
    row.save(force_insert=True)
    audit.record(actor, "concern.add", held, about=who_knows(held))
    _tell(held, row)
    return row


def _tell(concern: Concern, row: ConcernAddition) -> None:
    if readers := readers_of(concern):
        key = f"concern {concern.public_id} added {row.public_id}"
        tell(readers, "concern.added", key, concern=str(concern.public_id))
    else:
        tell_readers(concern)


def _the_same(row: ConcernAddition, concern: Concern, words: str) -> ConcernAddition:
    if sealed.unseal(row, "words", owner=concern) != words:
        raise ConcernSent(_("You added this before. Press again to add what stands here as well."))
    return row
