"""A person's own list of what they were told."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from notices.models import Notice
from notices.registry import topic
from notices.services import mark_read
from people.http import SignedInRequest


@login_required
@require_GET
def notice_list(request: SignedInRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user).order_by("-created_at")[:50]
    rows = [{"notice": n, "line": topic(n.topic).line(n.ids, request.user)} for n in notices]
    return render(request, "notices/list.html", {"rows": rows})


@login_required
@require_POST
def notice_open(request: SignedInRequest, public_id: str) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.visible_to(request.user), public_id=public_id)
    mark_read(request.user, notice=notice)
    return redirect(topic(notice.topic).link(notice.ids, request.user))
