"""The words people are asked in. Whatever the organisation and its groups wrote takes turns by the week."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from checkins.models import Prompt
from groups.models import Membership
from people.models import User

Asked = tuple[int, str, date]  # a person, their locale and the week
Questions = dict[tuple[int | None, str], list[str]]  # by group (None: the organisation's) and language


def prompts_for(people: Sequence[Asked]) -> list[str]:
    """The words for each of them, in two questions to the database however many they are.

    A group's own words are taken where exactly one of the person's groups has some in their language;
    else the organisation's, else ours.
    """
    questions = _in_use()
    own = _own_groups([user for user, _locale, _week in people], questions)
    same = {locale: ours(locale) for locale in {locale for _user, locale, _week in people}}
    if not questions:
        return [same[locale] for _user, locale, _week in people]
    return [_words(questions, own.get(user, ()), locale, week) or same[locale] for user, locale, week in people]


def prompt_for(user: User, week: date) -> str:
    """The words for one person."""
    return prompts_for([(user.pk, user.locale, week)])[0]


def language_of(locale: str) -> str:
    """British and other English are one language here."""
    return locale.partition("-")[0].lower()


def _in_use() -> Questions:
    found: Questions = defaultdict(list)
    for group, language, text in Prompt.objects.in_use().order_by("pk").values_list("group", "language", "text"):
        found[group, language_of(language)].append(text)
    return found


def _own_groups(users: list[int], questions: Questions) -> dict[int, list[int]]:
    """The groups of each person that have words of their own in any language."""
    asking = {group for group, _language in questions if group is not None}
    own: dict[int, list[int]] = defaultdict(list)
    if asking:
        belonging = Membership.objects.belonging().of_living_groups().filter(user__in=users, group__in=asking)
        for user, group in belonging.values_list("user", "group"):
            own[user].append(group)
    return own


def _words(questions: Questions, groups: Iterable[int], locale: str, week: date) -> str:
    """What somebody wrote for them, or nothing."""
    language = language_of(locale)
    own = [group for group in groups if (group, language) in questions]
    chosen = questions.get((own[0] if len(own) == 1 else None, language))
    return chosen[week.toordinal() // 7 % len(chosen)] if chosen else ""


def ours(locale: str) -> str:
    """The question where nobody wrote one."""
    with translation.override(locale):
        return _("How has this week been?")
