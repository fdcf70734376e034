"""Where admins keep the help lines right and put their name to them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.policy import ensure
from resources.forms import ConfirmLinesForm, LineForm
from resources.models import CrisisLine
from resources.services import confirm_lines, move_line_up, retire_line, save_line


@login_required
@require_safe
def lines(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "crisis.change")
    current = list(CrisisLine.objects.current().select_related("confirmed_by", "replaces"))
    return render(
        request,
        "resources/lines.html",
        {
            "here": [line for line in current if not line.elsewhere and line.is_confirmed],
            "elsewhere": [line for line in current if line.elsewhere and line.is_confirmed],
            "drafts": [line for line in current if not line.is_confirmed],
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line_new(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "crisis.change")
    return _edit(request, CrisisLine())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line_edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "crisis.change")
    line = _line(public_id)
    if line.retired_at:
        messages.error(request, _("Somebody took this line away meanwhile."))
        return redirect("resources:lines")
    return _edit(request, line.drafts.waiting().first() or line)


@login_required
@require_POST
def line_up(request: SignedInRequest, public_id: str) -> HttpResponse:
    move_line_up(request.user, line=_line(public_id))
    return redirect("resources:lines")


@login_required
@require_POST
def line_retire(request: SignedInRequest, public_id: str) -> HttpResponse:
    try:
        line = retire_line(request.user, line=_line(public_id))
    except Refused as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("“%(line)s” is taken away.") % {"line": line.label})
    return redirect("resources:lines")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lines_confirm(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "crisis.confirm")
    form = ConfirmLinesForm(posted(request), lines=_to_confirm())
    if form.is_valid():
        try:
            confirm_lines(request.user, lines=form.cleaned_data["lines"])
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("Thank you. The lines you ticked stand at the foot of every page."))
            return redirect("resources:lines")
    return render(request, "resources/lines_confirm.html", {"form": form}, status=refused_status(form))


def _line(public_id: str) -> CrisisLine:
    return get_object_or_404(CrisisLine.objects.select_related("replaces"), public_id=public_id)


def _to_confirm() -> list[CrisisLine]:
    """Every line as it stands, but the ones that have a change waiting: then the change."""
    current = list(CrisisLine.objects.current().select_related("confirmed_by", "replaces"))
    changed = {line.replaces_id for line in current if not line.is_confirmed}
    return [line for line in current if line.pk not in changed]


def _edit(request: SignedInRequest, line: CrisisLine) -> HttpResponse:
    form = LineForm(posted(request), initial=model_to_dict(line))
    if form.is_valid():
        try:
            saved = save_line(request.user, line=line, **form.cleaned_data)
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _saved_words(saved))
            return redirect("resources:lines")
    return render(request, "resources/line_edit.html", {"form": form, "line": line}, status=refused_status(form))


def _saved_words(line: CrisisLine) -> str:
    if line.is_confirmed:
        return _("Nothing was different, so the line stands as it is.")
    if line.replaces:
        return _("Saved. The line as it was keeps standing until somebody confirms the new one.")
    return _("Saved. Nobody sees it until somebody confirms it.")
