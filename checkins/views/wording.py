"""/manage/questions/ and /groups/…/run/questions/: the words people are asked in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from checkins.forms import PromptForm
from checkins.models import Prompt
from checkins.services import bring_back_prompt, keep_prompt, retire_prompt
from groups.models import Group
from groups.words import LANGUAGES
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, say_with_undo
from people.policy import ensure


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: SignedInRequest) -> HttpResponse:
    """The organisation's own."""
    ensure(request.user, "prompt.keep")
    return _page(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def group_questions(request: SignedInRequest, slug: str) -> HttpResponse:
    """One group's own. One that has ended asks nobody."""
    return _page(request, get_object_or_404(Group.objects.run_by(request.user).exclude(state="archived"), slug=slug))


def _page(request: SignedInRequest, group: Group | None) -> HttpResponse:
    form = PromptForm(posted(request))
    looks = "look" in request.POST
    if form.is_valid() and not looks and _kept(request, group, form):
        return redirect(_list(group))
    rows = Prompt.objects.filter(group=group).in_use().in_turn()
    context: dict[str, Any] = {"group": group, "form": form, "looks": looks}
    context["rows"] = [(LANGUAGES.get(row.language, row.language), row) for row in rows]
    context["shown"] = _shown(form, rows)
    status = 200 if looks and form.is_valid() else refused_status(form)
    return render(request, "checkins/questions.html", context, status=status)


def _shown(form: PromptForm, rows: Any) -> str:
    """What stands on the example: what is being written, else the first that is asked, else our own."""
    written = form.cleaned_data.get("text", "") if form.is_bound else ""
    return written or next((row.text for row in rows), "") or _("How has this week been?")


def _kept(request: SignedInRequest, group: Group | None, form: PromptForm) -> bool:
    try:
        keep_prompt(request.user, group=group, **form.cleaned_data)
    except Refused as refusal:
        form.add_error("text", str(refusal))
        return False
    messages.success(request, _("Kept. It is asked when its turn comes."))
    return True


@login_required
@require_POST
def retire(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask it no more, with a way back."""
    prompt = get_object_or_404(Prompt.objects.visible_to(request.user).select_related("group"), public_id=public_id)
    retire_prompt(request.user, prompt=prompt)
    say_with_undo(request, _("It is not asked any more."), reverse("checkins:question-again", args=[public_id]))
    return redirect(_list(prompt.group))


@login_required
@require_POST
def again(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    prompt = get_object_or_404(Prompt.objects.visible_to(request.user).select_related("group"), public_id=public_id)
    try:
        bring_back_prompt(request.user, prompt=prompt)
        messages.success(request, _("It is asked again when its turn comes."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_list(prompt.group))


def _list(group: Group | None) -> str:
    return reverse("checkins:group-questions", args=[group.slug]) if group else reverse("checkins:questions")
