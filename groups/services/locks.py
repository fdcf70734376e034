"""The order in which rows are held: the group first, then the membership (architecture.md section 7)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from groups.errors import NameTaken
from groups.models import Group, Membership


def hold_group(pk: int) -> Group:
    """The group as it is now; nobody else counts its places until this transaction ends."""
    return Group.objects.select_for_update(no_key=True).get(pk=pk)


def hold_groups(*pks: int | None) -> dict[int, Group]:
    """Several groups, in the order of their keys, so that two moves between the same ones never cross."""
    return {pk: hold_group(pk) for pk in sorted({pk for pk in pks if pk is not None})}


def hold_membership(pk: int) -> Membership:
    """The membership as it is now; nobody else moves it until this transaction ends."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("group", "user", "decided_by").get(pk=pk)


@contextmanager
def one_name_each() -> Iterator[None]:
    """Turn the database's refusal of a second person with one name into NameTaken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        if broken(problem) == "membership_alias_ci":
            raise NameTaken(_("Somebody in this group has this name. Choose another")) from problem
        raise


def broken(problem: IntegrityError) -> str:
    """The spoken name of the constraint that refused."""
    diag = getattr(problem.__cause__, "diag", None)
    return getattr(diag, "constraint_name", None) or ""
