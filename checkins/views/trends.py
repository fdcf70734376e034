"""/you/how-it-was/: a person's own weeks in words, and all of it to take along or to take away."""

import csv
import json
from dataclasses import asdict, fields
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from checkins.models import CheckIn
from checkins.services import delete_answer, delete_words, take_along, trend_of
from checkins.services.trends import Told
from checkins.trend import SPANS
from people.http import SignedInRequest

FORMULAS, BLANKS = set("=+-@\uff1d\uff0b\uff0d\uff20"), set("\t\r\n")


@login_required
@require_safe
def how_it_was(request: SignedInRequest) -> HttpResponse:
    """The last weeks. Nobody but their person has this page."""
    wanted = request.GET.get("weeks", "")
    span = int(wanted) if wanted in {str(span) for span in SPANS} else SPANS[0]
    trend = trend_of(request.user, weeks=span)
    return render(request, "checkins/how_it_was.html", {"trend": trend, "span": span, "spans": SPANS})


@login_required
@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def take_table(request: SignedInRequest) -> HttpResponse:
    """All of it for a table. Its name tells nobody what is in it."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")  # the mark by which Excel knows UTF-8
    answer["Content-Disposition"] = 'attachment; filename="weeks.csv"'
    table = csv.writer(answer)
    table.writerow([field.name for field in fields(Told)])
    table.writerows([_tame(str(value)) for value in asdict(told).values()] for told in take_along(request.user))
    return answer


@login_required
@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def take_list(request: SignedInRequest) -> HttpResponse:
    """The same for programs."""
    told = [asdict(row) | {"week": row.week.isoformat()} for row in take_along(request.user)]
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, indent=2), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="weeks.json"'
    return answer


def _tame(text: str) -> str:
    """What a table would take for a formula is only text, also in wide letters and behind blanks."""
    return f"'{text}" if text[:1] in BLANKS or text.lstrip()[:1] in FORMULAS else text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The words of an answer, or all of it: gone at once, for everybody (R6)."""
    row = get_object_or_404(CheckIn.objects.of(request.user).select_related("user", "group"), public_id=public_id)
    if not row.is_answered:
        return redirect("checkins:how-it-was")
    if request.method != "POST":
        return render(request, "checkins/delete.html", {"checkin": row})
    if request.POST.get("what") == "words":
        delete_words(request.user, checkin=row)
        messages.success(request, _("Your words are deleted. What you picked stays."))
        return redirect("checkins:answered", row.public_id)
    delete_answer(request.user, checkin=row)
    messages.success(request, _("That answer is deleted, for you and for everybody else."))
    return redirect("checkins:how-it-was")
