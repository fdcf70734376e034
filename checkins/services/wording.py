"""The words people are asked in: kept by admins for everybody, and by those who run a group for its members."""

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import Prompt
from checkins.phrases import holds_one_of, named_in, why_not_asked
from groups.models import Group, Membership
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure

MOST = 24  # in one language at once: with more, nobody comes round to the last


class NotLikeThis(Refused):
    """The question says too much, asks for a number, or is there already."""


@transaction.atomic
def keep_prompt(actor: User, *, group: Group | None, language: str, text: str) -> Prompt:
    """Add a question, last in turn; `group` None: for everybody. The same one twice is refused kindly.

    Raises NotAllowed, NotLikeThis.
    """
    ensure(actor, "prompt.keep", group)
    _look_at(actor, text, group)
    prompt = Prompt(group=group, language=language, text=text, created_by=actor)
    _save(prompt)
    audit.record(actor, "prompt.keep", prompt, reason=language)
    return prompt


@transaction.atomic
def retire_prompt(actor: User, *, prompt: Prompt) -> Prompt:
    """Ask it no more. What was asked keeps its words. Twice is harmless. Raises NotAllowed."""
    held = _held(actor, prompt)
    if held.retired_at is None:
        held.retired_at = timezone.now()
        held.save(update_fields=["retired_at"])
        audit.record(actor, "prompt.retire", held)
    return held


@transaction.atomic
def bring_back_prompt(actor: User, *, prompt: Prompt) -> Prompt:
    """Undo that: it stands where it stood. Twice is harmless. Raises NotAllowed, NotLikeThis."""
    held = _held(actor, prompt)
    if held.retired_at is not None:
        _look_at(actor, held.text, held.group)
        held.retired_at = None
        _save(held)
        audit.record(actor, "prompt.keep", held, reason=held.language)
    return held


def _held(actor: User, prompt: Prompt) -> Prompt:
    held = Prompt.objects.select_for_update(of=("self",)).select_related("group").get(pk=prompt.pk)
    ensure(actor, "prompt.keep", held.group)
    return held


def _look_at(actor: User, text: str, group: Group | None) -> None:
    if trouble := why_not_asked(text) or _names_a_group(actor, text) or _names_somebody(text, group):
        raise NotLikeThis(trouble)


def _names_a_group(actor: User, text: str) -> str:
    """Of those the actor knows of: what they may not see, no refusal tells them."""
    known = Group.objects.visible_to(actor).annotate(said=Value(text)).filter(said__icontains=F("name"))
    for name in known.values_list("name", flat=True):
        if holds_one_of(text, [name]) if " " in name else named_in(text, [name]):
            return _("The name of a group stands in it. Somebody else may read this, so leave the name out.")
    return ""


def _names_somebody(text: str, group: Group | None) -> str:
    seats = Membership.objects.filter(group=group) if group else Membership.objects.all()
    people = seats.annotate(said=Value(text)).filter(said__contains=F("alias")).values_list("alias", flat=True)
    if name := named_in(text, people.distinct()):
        return _("“%(name)s” is what somebody here is called. Ask without anybody's name.") % {"name": name}
    return ""


def _save(prompt: Prompt) -> None:
    standing = Prompt.objects.filter(group=prompt.group, language=prompt.language).in_use()
    if standing.count() >= MOST:
        raise NotLikeThis(_("There are %(most)s questions already. Stop asking one of them first.") % {"most": MOST})
    try:
        with transaction.atomic():
            prompt.save()
    except IntegrityError as problem:
        if "prompt_once" not in str(problem):
            raise
        raise NotLikeThis(_("This question is there already.")) from problem
