"""A field without a row is red: whoever adds one says how confidential it is and whose it is."""

import pytest
from django.apps import apps
from django.db import models

from people.models import User
from people.sealed import SealedField
from tests.tables.fields import CLASSES, EXPORTED, FIELDS, SUBJECT

OURS = {"people", "notices", "groups", "group_sessions", "checkins", "resources", "notes"}
MODELS = {m._meta.label: m for m in apps.get_models() if m._meta.app_label in OURS}
FREE_TEXT = (models.CharField, models.TextField)
# Text of people about people that stands in the clear, because others of the group must see it.
NAMES = {"display_name", "pronouns", "alias", "email", "address", "password"}


def fields_of(label, *classes):
    return {name for cls in classes for name in FIELDS[label].get(cls, "").split()}


def test_every_model_has_its_rows_and_every_row_a_model():
    assert FIELDS.keys() == MODELS.keys()


@pytest.mark.parametrize("label", sorted(FIELDS))
def test_every_field_stands_in_exactly_one_class(label):
    named = [name for names in FIELDS[label].values() for name in names.split()]

    assert FIELDS[label].keys() <= CLASSES
    assert sorted(named) == sorted(field.name for field in MODELS[label]._meta.concrete_fields)


@pytest.mark.parametrize("label", sorted(FIELDS))
def test_what_is_sealed_is_sealed_and_nothing_else_is(label):
    sealed = {f.name for f in MODELS[label]._meta.concrete_fields if isinstance(f, SealedField)}
    bytes_ = {f.name for f in MODELS[label]._meta.concrete_fields if isinstance(f, models.BinaryField)}

    assert fields_of(label, "sealed") <= sealed <= fields_of(label, "sealed", "secret")
    assert bytes_ <= fields_of(label, "sealed", "secret")


@pytest.mark.parametrize("label", sorted(FIELDS))
def test_no_free_text_about_a_person_stands_in_the_clear(label):
    free = {
        field.name
        for field in MODELS[label]._meta.concrete_fields
        if isinstance(field, FREE_TEXT)
        and not field.choices
        and field.name in fields_of(label, "personal", "sensitive")
    }

    assert (
        free - NAMES - {"purpose", "version", "action", "reason", "topic", "area", "prompt", "time_zone", "locale"}
        == set()
    )


@pytest.mark.parametrize("label", sorted(FIELDS))
def test_whatever_is_exported_says_whose_it_is(label):
    if not fields_of(label, *EXPORTED):
        assert label not in SUBJECT
        return
    model = MODELS[label]
    for step in filter(None, SUBJECT[label].split(".")):
        model = model._meta.get_field(step).related_model
    assert model is User


@pytest.mark.parametrize("label", sorted(FIELDS))
def test_a_row_never_prints_what_is_private(label):
    model = MODELS[label]
    private = fields_of(label, "personal", "sensitive", "sealed", "secret")
    texts = {f.name for f in model._meta.concrete_fields if isinstance(f, FREE_TEXT) and f.name in private}
    row = model(**dict.fromkeys(texts - {"action"}, "canary"))

    assert "canary" not in str(row)
