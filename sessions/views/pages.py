"""What views of sessions share: finding one, and which methods a page that is sent takes."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from people.http import SignedInRequest
from sessions.models import GroupSession

READ_AND_SEND = require_http_methods(["GET", "HEAD", "POST"])


def visible_session(request: SignedInRequest, public_id: str) -> GroupSession:
    """With its group. 404 for everybody who may not know that it exists."""
    sessions = GroupSession.objects.visible_to(request.user).select_related("group")
    return get_object_or_404(sessions, public_id=public_id)
