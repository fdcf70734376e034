"""How mail leaves, as admins see it: numbers, whose address does not work, and a mail to themselves to try."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from home.views.overview import STUCK_AFTER, few
from notices.models import Delivery, MailTrouble
from notices.services import send_to_address, try_mail_again
from people.http import SignedInRequest
from people.models import User
from people.policy import ensure

A_DAY = timedelta(days=1)
MOST = 100
WHY: dict[str, Any] = {
    Delivery.Dropped.LATE: gettext_lazy("It came too late to be of use"),
    Delivery.Dropped.NOT_ASKED: gettext_lazy("Its reader wants no such mail"),
    Delivery.Dropped.NO_ADDRESS: gettext_lazy("The address does not work"),
    Delivery.Dropped.NOT_LISTED: gettext_lazy("The address is not on the list of this test system"),
    Delivery.Dropped.OVER: gettext_lazy("What it was about is over"),
}


@login_required
@require_safe
def mail(request: SignedInRequest) -> HttpResponse:
    """Numbers, and the names behind addresses that do not work. Never why, and never what was in a mail."""
    ensure(request.user, "organisation.change")
    troubles = MailTrouble.objects.visible_to(request.user).select_related("user").order_by("-at", "-pk")
    gone = Delivery.objects.let_go(A_DAY)
    context = {
        "figures": _figures(sum(gone.values())),
        "gone": _reasons(gone),
        "away": _away_since(),
        "people": [trouble.user for trouble in troubles[:MOST]],
        "test": _test(request.GET.get("test", "")),
    }
    return render(request, "home/manage_mail.html", context)


@login_required
@require_POST
def mail_test(request: SignedInRequest) -> HttpResponse:
    """A mail to the admin's own address, on the way that all others go."""
    ensure(request.user, "organisation.change")
    body = _("This is the test mail that you asked for. Mail leaves, and arrives.") + "\n"
    delivery = send_to_address(request.user.email, body)
    return redirect(f"{reverse('home:mail')}?test={delivery.public_id}#test")


@login_required
@require_POST
def mail_again(request: SignedInRequest, public_id: str) -> HttpResponse:
    """An admin knows that the address works after all."""
    ensure(request.user, "organisation.change")
    person = get_object_or_404(User.objects.visible_to(request.user), public_id=public_id)
    if try_mail_again(request.user, person=person):
        messages.success(request, _("Mail is sent to that address again."))
    return redirect("home:mail")


def _figures(let_go: int) -> list[tuple[str, str, str]]:
    waiting = Delivery.objects.due().filter(tries=0).count()
    later = Delivery.objects.tried_again().count()
    parked = Delivery.objects.parked().filter(send_at__gte=timezone.now() - A_DAY).count()
    return [
        (_("Waiting to leave"), few(waiting), ""),
        (_("Tried again later"), few(later), _("not taken at the first try")),
        (_("Set aside"), few(parked), _("after five tries or more, in the last day")),
        (_("Let go"), few(let_go), _("in the last day")),
    ]


def _reasons(gone: dict[str, int]) -> list[tuple[Any, str]]:
    """Why mails were let go, the most frequent first."""
    rows = sorted(gone.items(), key=lambda row: -row[1])
    return [(WHY.get(why, _("No longer needed")), few(number)) for why, number in rows]


def _away_since() -> str:
    """Since when nothing has left although something should have; "" while all is well."""
    stuck = Delivery.objects.stuck(STUCK_AFTER)
    if not stuck.exists():
        return ""
    oldest = stuck.oldest_due() or stuck.oldest_made()  # by night what is not urgent is not due
    return _day_and_time(oldest) if oldest else ""


def _test(public_id: str) -> dict[str, Any] | None:
    """What became of a test mail. The address of this page holds its number, which leads nowhere else."""
    try:
        delivery = Delivery.objects.filter(public_id=UUID(public_id), notice=None).first()
    except ValueError:
        return None
    if delivery is None:
        return None
    at = _day_and_time(delivery.sent_at) if delivery.sent_at else ""
    return {"delivery": delivery, "at": at, "why": WHY.get(delivery.dropped_for, "")}


def _day_and_time(moment: Any) -> str:
    local = timezone.localtime(moment)
    words = {"day": date_format(local, "l j F"), "time": time_format(local, "TIME_FORMAT")}
    return _("%(day)s, %(time)s") % words
