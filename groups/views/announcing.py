"""News: writing it, looking at it before it goes, taking it back, and reading it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groups.errors import CountChanged, TooManyThisHour
from groups.forms import NewsForm
from groups.models import Announcement, Group, Membership
from groups.querysets import AnnouncementQuerySet
from groups.services import (
    announce,
    read_announcement,
    read_announcements,
    readers_of,
    take_back_announcement,
)
from people.errors import Refused
from people.http import SignedInRequest, posted, refused_status, say_with_undo
from people.policy import can

NEWS_A_PAGE = 10


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: SignedInRequest, slug: str) -> HttpResponse:
    """Words first, then the number of people and the yes."""
    group = get_object_or_404(Group.objects.run_by(request.user), slug=slug)
    if not can(request.user, "announcement.write", group):
        raise Http404
    form = NewsForm(posted(request), now=readers_of(group, request.user))
    if form.is_valid() and not form.sends and "again" not in request.POST:
        return _look(request, group, form)
    if form.is_valid() and form.sends:
        return _send(request, group, form)
    if form.is_bound and form.sends and "words" not in form.errors:
        return _look(request, group, form, status=422)
    status = 200 if "again" in request.POST else refused_status(form)
    return render(request, "groups/news_write.html", {"group": group, "form": form}, status=status)


@login_required
@require_POST
def take_back(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    news = get_object_or_404(_theirs(request, slug), public_id=public_id)
    try:
        take_back_announcement(request.user, announcement=news)
        messages.success(request, _("Taken back. Nobody was told."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("groups:news", slug)


@login_required
@require_safe
def news_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the group was told, the newest first; for those who run it also what waits or was taken back."""
    group = get_object_or_404(Group.objects.of(request.user), slug=slug)
    page = Paginator(_theirs(request, slug).order_by("-written_at", "-pk"), NEWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = read_announcements(list(page.object_list))
    authors = Membership.objects.filter(group=group, user__in=[item.author_id for item, _words in rows])
    names = dict(authors.order_by("pk").values_list("user", "alias"))
    context = {
        "group": group,
        "page": page,
        "rows": [{"news": item, "words": words, "author": names.get(item.author_id, "")} for item, words in rows],
        "writes": can(request.user, "announcement.write", group),
    }
    return render(request, "groups/news.html", context)


@login_required
@require_safe
def news(request: SignedInRequest, slug: str, public_id: str) -> HttpResponse:
    item = get_object_or_404(_theirs(request, slug), public_id=public_id)
    seat = Membership.objects.filter(group=item.group, user=item.author_id).order_by("-pk").first()
    context = {
        "group": item.group,
        "news": item,
        "words": read_announcement(item),
        "author": seat.alias if seat else "",
        "may_take_back": can(request.user, "announcement.write", item.group),
    }
    return render(request, "groups/news_item.html", context)


def _theirs(request: SignedInRequest, slug: str) -> AnnouncementQuerySet:
    return Announcement.objects.visible_to(request.user).filter(group__slug=slug).select_related("group")


def _look(request: SignedInRequest, group: Group, form: NewsForm, *, status: int = 200) -> HttpResponse:
    return render(request, "groups/news_look.html", {"group": group, "form": form}, status=status)


def _send(request: SignedInRequest, group: Group, form: NewsForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        made = announce(request.user, group=group, words=data["words"], people=data["people"], once=data["once"])
    except (CountChanged, TooManyThisHour) as refusal:
        form.add_error(None, str(refusal))
        return _look(request, group, form, status=422)
    undo = reverse("groups:news-back", args=[group.slug, made.public_id])
    say_with_undo(request, _("It goes out in five minutes. Until then you can take it back."), undo)
    return redirect("groups:news", group.slug)
