"""/groups/feed.json: the organisation's shared groups, for anybody's directory."""

import json
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from sessions.open_data import feed

KEPT_FOR = 15 * 60  # seconds


@require_safe
def group_feed(request: HttpRequest) -> HttpResponse:
    """The same for everybody, in the organisation's language, and readable from pages of other sites."""
    with translation.override(settings.LANGUAGE_CODE):
        body = json.dumps(feed(), ensure_ascii=False)
    etag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response) or response
    patch_cache_control(answer, public=True, max_age=KEPT_FOR)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
