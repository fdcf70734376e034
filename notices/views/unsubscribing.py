"""/m/<token>/: mails of a kind end with one click, without signing in (RFC 8058).

Whoever holds the mail may not be the person (safety.md T1), and programs look at links before people do: a GET
changes nothing, and no page names anybody or says what the mails are about.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notices.letters import read_wish
from notices.services import stop_mail


@csrf_exempt  # a mail program brings no cookie; the link itself says who asks
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    wish = read_wish(token)
    if wish is None:
        response = render(request, "notices/link_closed.html", status=404)
    else:
        if request.method == "POST":
            stop_mail(wish.user, area=wish.area.name)
        with translation.override(wish.user.locale):
            response = render(request, "notices/unsubscribe.html", {"done": request.method == "POST"})
    patch_cache_control(response, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
