"""For those who find nothing that fits: the self-check, what people look for, and how admins answer it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.forms import SelfCheckForm, WishAnswerForm, WishForm
from groups.models import Group, Wish
from groups.services import answer_wish, make_wish, own_wish_words, read_wish, take_back_wish
from groups.services.wishing import WORDS_KEPT
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status
from people.models import Organisation
from people.policy import ensure

KEPT = "wish"  # in the visit: what was chosen before signing in, never words
WISHES_A_PAGE = 25


@csrf_exempt  # it changes nothing, and so it leaves no cookie on the device either
@require_http_methods(["GET", "HEAD", "POST"])
def right_for_me(request: HttpRequest) -> HttpResponse:
    """Answers come back as a page and are kept nowhere: no row, no visit, no address, no copy in the browser."""
    if request.method != "POST":
        return render(request, "groups/right_for_me.html", {"form": SelfCheckForm()})
    form = SelfCheckForm(request.POST)
    answers = form.answers()
    context = {
        "urgent": answers.get("urgent") in {"yes", "unsure"},
        "thoughts": form.thoughts(),
        "ways": _ways_on(answers),
    }
    response = render(request, "groups/right_for_me_answer.html", context)
    patch_cache_control(response, no_store=True)
    return response


@require_safe
def nothing_fits(request: HttpRequest) -> HttpResponse:
    mine: list[Wish] = []
    if request.user.is_authenticated:
        recent = Q(answered_at=None) | Q(answered_at__gt=timezone.now() - WORDS_KEPT)
        own = Wish.objects.filter(recent, user=request.user, ended_at=None)
        mine = list(own.select_related("term", "area", "suggestion").order_by("-created_at", "-pk"))
    asked = {wish.kind for wish in mine if wish.is_open}
    return render(request, "groups/nothing_fits.html", {"mine": mine, "asked": asked})


@require_http_methods(["GET", "HEAD", "POST"])
def wish(request: HttpRequest, kind: str) -> HttpResponse:
    """Somebody signed out chooses here, signs in, and finds what they chose on the same page."""
    if kind not in Wish.Kind.values:
        raise Http404
    mine = _open_wish(request, kind)
    signed_in = request.user.is_authenticated
    form = WishForm(posted(request), signed_in=signed_in, readers=_readers(), initial=_start(request, kind, mine))
    if form.is_valid() and request.user.is_authenticated:
        make_wish(request.user, kind=kind, **form.wish())
        request.session.pop(KEPT, None)
        messages.success(request, _sent(kind))
        return redirect("groups:nothing-fits")
    if form.is_valid():
        request.session[KEPT] = {"kind": kind, **form.kept()}
        return redirect_to_login(request.path)
    context = {"kind": kind, "title": Wish.Kind(kind).label, "form": form, "mine": mine}
    return render(request, "groups/wish.html", context, status=refused_status(form))


@login_required
@require_POST
def wish_take_back(request: SignedInRequest, public_id: str) -> HttpResponse:
    mine = get_object_or_404(Wish.objects.filter(user=request.user), public_id=public_id)
    take_back_wish(request.user, wish=mine)
    messages.success(request, _("Taken back. What you wrote is erased. You can send another any time."))
    return redirect("groups:nothing-fits")


@login_required
@require_safe
def wishes(request: SignedInRequest) -> HttpResponse:
    ensure(request.user, "wish.answer")
    open_ = Wish.objects.open().filter(user__is_active=True)
    rows = open_.filter(told_at=None).select_related("user", "term", "area").order_by("created_at", "pk")
    page = Paginator(rows, WISHES_A_PAGE).get_page(request.GET.get("page"))
    days = Organisation.current().answer_days
    context = {
        "page": page,
        "rows": [(row, row.answer_by(days)) for row in page],
        "waiting": Wish.objects.waiting().values("term__name").annotate(n=Count("pk")).order_by("-n", "term__name"),
    }
    return render(request, "groups/wishes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_detail(request: SignedInRequest, public_id: str) -> HttpResponse:
    ensure(request.user, "wish.answer")
    rows = Wish.objects.visible_to(request.user).select_related("user", "term", "area", "suggestion")
    asked = get_object_or_404(rows, public_id=public_id)
    form = WishAnswerForm(posted(request))
    if form.is_valid() and _answered(request, asked, form):
        return redirect("groups:wishes")
    asked.refresh_from_db(fields=["answered_at", "ended_at", "words", "suggestion"])
    context = {
        "asked": asked,
        "words": read_wish(request.user, wish=asked),
        "answer_by": asked.answer_by(Organisation.current().answer_days),
        "form": form,
    }
    return render(request, "groups/wish_detail.html", context, status=refused_status(form))


def _answered(request: SignedInRequest, asked: Wish, form: WishAnswerForm) -> bool:
    """Carry the answer out. False when somebody was faster, or there is nothing to suggest."""
    try:
        answer_wish(request.user, wish=asked, suggestion=form.group())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Your answer is on its way to %(name)s.") % {"name": asked.user.called})
    return True


def _open_wish(request: HttpRequest, kind: str) -> Wish | None:
    if not request.user.is_authenticated:
        return None
    return Wish.objects.open().filter(user=request.user, kind=kind).first()


def _start(request: HttpRequest, kind: str, mine: Wish | None) -> dict[str, Any]:
    """What stands in the form at first: what was chosen before signing in, else what the person asked before."""
    start: dict[str, Any] = {"way": ""}
    if mine and request.user.is_authenticated:
        words = own_wish_words(request.user, wish=mine)
        start = {"term": mine.term_id, "area": mine.area_id, "way": mine.format, "words": words}
    kept = request.session.get(KEPT, {})
    if kept.get("kind") == kind:
        start |= {name: kept.get(name) for name in ("term", "area", "way")}
    return start


def _readers() -> str:
    return _("The admins of %(name)s read this and nobody else. It is erased three months after they answer.") % {
        "name": Organisation.current().name
    }


def _sent(kind: str) -> str:
    if kind == Wish.Kind.WAIT:
        return _("Kept. We tell you once, when something like it opens.")
    return _("Sent. A person reads it and writes back. Until when stands below.")


def _ways_on(answers: dict[str, str]) -> list[dict[str, str]]:
    """Where somebody may go from here, what they leaned to first."""
    ways = {
        "group": (_("Find a group"), _("Look around first. Nobody is told that you looked."), reverse("groups:list")),
        "visit": _visit(),
        "mentoring": _mentoring(),
        "places": (_("Places that can help"), _("Open to everybody, many at any hour."), reverse("resources:list")),
        "nothing": (
            _("None of this fits"),
            _("Tell us what you look for, or hear when it opens."),
            reverse("groups:nothing-fits"),
        ),
    }
    first = {"mentoring"} if answers.get("help") == "one" else set()
    first |= {"places"} if answers.get("room") == "no" else set()
    order = sorted((name for name, way in ways.items() if way[0]), key=lambda name: name not in first)
    return [dict(zip(("title", "words", "url"), ways[name], strict=True)) for name in order]


def _visit() -> tuple[str, str, str]:
    if not Group.objects.listed().taking_people().filter(allows_visits=True).exists():
        return ("", "", "")
    words = _("Some groups let you come once before you decide. It stands on the group’s page.")
    return (_("Come once and see"), words, reverse("groups:list"))


def _mentoring() -> tuple[str, str, str]:
    programme = Group.objects.listed().filter(kind=Group.Kind.PROGRAMME).by_name().first()
    if programme is None:
        return ("", "", "")
    words = _("Somebody who has been there, and you. The two of you decide how.")
    return (_("One to one"), words, programme.get_absolute_url())
