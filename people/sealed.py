"""Seals people's words so that a stolen database says nothing (safety.md section 3).

Each subject (a person, a group, a message) has a key of its own, wrapped by a master key that
stands outside the database. Words are AES-256-GCM with the place they stand in as associated
data: table, field, row, owner and version. Moved to another row they do not open.
"""

import hmac
import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from people.models import MasterKeyCheck, SubjectKey

VERSION = b"\x01"  # AES-256-GCM, 12 byte nonce, padded to 256 byte steps
STEP = 256


class WrongMasterKey(Exception):
    """The master key is not the one this database was sealed with."""


class Unreadable(Exception):
    """These words cannot be opened: the key is gone, or they were moved or changed."""


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # generic only in the stubs
    """An envelope. `seal` fills it, `unseal` opens it; nothing happens by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Says `null` each time: ours is another default than Django's, and migrations must know."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"null": self.null}


def seal(row: models.Model, field: str, text: str, *, owner: models.Model) -> None:
    """Put `text` sealed into `row.field`; the caller saves. Empty text empties the field."""
    setattr(row, field, close(key_of(owner), text, place(row, field, owner)) if text else None)


def unseal(row: models.Model, field: str, *, owner: models.Model) -> str:
    """The words in `row.field`, or "". Raises Unreadable when they cannot be opened."""
    envelope = getattr(row, field)
    return open_(key_of(owner), bytes(envelope), place(row, field, owner)) if envelope else ""


def unseal_each(rows: Sequence[tuple[models.Model, models.Model]], field: str) -> list[str]:
    """What stands in `field` of each (row, owner), with one query for all keys; "" where nothing can be opened.

    The owners are of one kind.
    """
    kinds, ids = {owner._meta.model_name for _, owner in rows}, [_id(owner) for _, owner in rows]
    found = SubjectKey.objects.filter(subject_kind__in=kinds, subject_public_id__in=ids).exclude(wrapped=None)
    keys = {key.subject_public_id: _open_key(key) for key in found}
    return [_opened(keys.get(_id(owner)), row, field, owner) for row, owner in rows]


def _opened(key: bytes | None, row: models.Model, field: str, owner: models.Model) -> str:
    envelope = getattr(row, field)
    return open_(key, bytes(envelope), place(row, field, owner)) if key and envelope else ""


def place(row: models.Model, field: str, owner: models.Model) -> bytes:
    """Where words stand, as bytes: what the cipher binds them to."""
    return "|".join([row._meta.db_table, field, str(_id(row)), str(_id(owner))]).encode() + VERSION


def _id(row: models.Model) -> UUID:
    public_id: UUID = row.public_id  # type: ignore[attr-defined]  # every model that seals or owns has one
    return public_id


# -- keys -----------------------------------------------------------------------------------
def key_of(owner: models.Model) -> bytes:
    """The owner's key, made the first time. Raises Unreadable when it was destroyed."""
    kind, public_id = owner._meta.model_name or "", _id(owner)
    found = SubjectKey.objects.filter(subject_kind=kind, subject_public_id=public_id).first()
    return _open_key(found or _make_key(kind, public_id))


def destroy_key(owner: models.Model) -> None:
    """After this nothing sealed for the owner can be opened again. Twice is harmless."""
    kind, public_id = owner._meta.model_name or "", _id(owner)
    SubjectKey.objects.filter(subject_kind=kind, subject_public_id=public_id, destroyed_at=None).update(
        wrapped=None, destroyed_at=timezone.now()
    )


def new_key() -> tuple[bytes, bytes, int]:
    """A fresh key: itself, wrapped, and the version of the master key that wraps it."""
    key, version = AESGCM.generate_key(256), max(settings.MASTER_KEYS)
    return key, aes_key_wrap(settings.MASTER_KEYS[version], key), version


def unwrap(wrapped: "bytes | memoryview", version: int) -> bytes:
    """Raises Unreadable when the master key of that version is missing or another."""
    try:
        return aes_key_unwrap(settings.MASTER_KEYS[version], bytes(wrapped))
    except (KeyError, InvalidUnwrap) as problem:
        raise Unreadable from problem


def _make_key(kind: str, public_id: UUID) -> SubjectKey:
    _, wrapped, version = new_key()
    SubjectKey.objects.bulk_create(
        [SubjectKey(subject_kind=kind, subject_public_id=public_id, wrapped=wrapped, master_version=version)],
        ignore_conflicts=True,  # two at once: the first one stands, both read it below
    )
    return SubjectKey.objects.get(subject_kind=kind, subject_public_id=public_id)


def _open_key(row: SubjectKey) -> bytes:
    if row.wrapped is None:
        raise Unreadable
    return unwrap(row.wrapped, row.master_version)


# -- envelopes ------------------------------------------------------------------------------
def close(key: bytes, text: str, where: bytes) -> bytes:
    """An envelope whose length tells only the nearest 256 bytes."""
    words, nonce = text.encode(), os.urandom(12)
    body = len(words).to_bytes(4, "big") + words
    body += bytes(-len(body) % STEP)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, body, where)


def open_(key: bytes, envelope: bytes, where: bytes) -> str:
    """Raises Unreadable when the envelope is not what was closed for this place."""
    if envelope[:1] != VERSION:
        raise Unreadable
    try:
        body = AESGCM(key).decrypt(envelope[1:13], envelope[13:], where)
    except InvalidTag as problem:
        raise Unreadable from problem
    return body[4 : 4 + int.from_bytes(body[:4], "big")].decode()


# -- the master key ---------------------------------------------------------------------------
@transaction.atomic
def check_master_keys() -> None:
    """Compare our master keys with the stored check values; the first start stores them.

    Raises WrongMasterKey when a key that sealed something here is missing or another.
    """
    stored = dict(MasterKeyCheck.objects.values_list("version", "check_value"))
    for version, value in stored.items():
        ours = settings.MASTER_KEYS.get(version)
        if ours is None or not hmac.compare_digest(_check_value(ours), bytes(value)):
            raise WrongMasterKey(
                f"PEERHUB_MASTER_KEYS does not hold the key {version} that this database was sealed with."
            )
    MasterKeyCheck.objects.bulk_create(
        [
            MasterKeyCheck(version=v, check_value=_check_value(k))
            for v, k in settings.MASTER_KEYS.items()
            if v not in stored
        ],
        ignore_conflicts=True,
    )


def _check_value(key: bytes) -> bytes:
    return hmac.digest(key, b"peerhub master key check", sha256)
