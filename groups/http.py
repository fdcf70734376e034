"""What pages share: an invitation or a link brought along from outside, and the limits of confidentiality."""

from django.http import Http404, HttpRequest

from groups.letters import read_token
from groups.models import Group, GroupLink, Invitation
from groups.querysets import GroupQuerySet
from groups.services.linking import link_token, read_link
from groups.words import limits_of_confidentiality
from people.models import Organisation

SESSION_KEY = "invitation"
LINKS = "links"  # in the visit: by which link each group was found, by the group's address


def remember_invitation(request: HttpRequest, token: str) -> None:
    """Keep the token in the session: an address bar and its history are no place for it."""
    request.session[SESSION_KEY] = token


def remembered_invitation(request: HttpRequest) -> Invitation | None:
    """The open invitation of this visit, if there is one."""
    token = request.session.get(SESSION_KEY, "")
    return read_token(token) if token else None


def forget_invitation(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def remember_link(request: HttpRequest, link: GroupLink) -> None:
    """Let this visit go on from the link to asking, signing in on the way."""
    request.session[LINKS] = request.session.get(LINKS, {}) | {link.group.slug: link_token(link)}


def came_by_link(request: HttpRequest, group: Group) -> GroupLink | None:
    """The link by which this visit found the group, if it still opens. Asked each time: taken back is shut at once."""
    return _link_to(request, group.slug)


def visible_group(request: HttpRequest, slug: str, groups: GroupQuerySet | None = None) -> Group:
    """The group at this address, for those who may see it and for those who came by its link; else 404.

    `groups` says what to load, like `Group.objects.with_counts()`.
    """
    found = Group.objects.all() if groups is None else groups
    if group := found.visible_to(request.user).filter(slug=slug).first():
        return group
    if (link := _link_to(request, slug)) and (group := found.filter(pk=link.group_id).first()):
        return group
    raise Http404


def limits_in_paragraphs() -> list[list[str]]:
    """The limits of confidentiality, as paragraphs of lines (R19)."""
    words = Organisation.current().confidentiality_limits.strip() or limits_of_confidentiality()
    return [paragraph.splitlines() for paragraph in words.replace("\r", "").split("\n\n") if paragraph.strip()]


def _link_to(request: HttpRequest, slug: str) -> GroupLink | None:
    token = request.session.get(LINKS, {}).get(slug)
    link = read_link(token) if token else None
    return link if link and link.group.slug == slug else None
