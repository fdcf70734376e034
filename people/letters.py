"""Tokens for links in mails: closed anew for each mail, so that no two look alike and none tells whose it is.

Whoever sees two mails finds nothing in their links that is the same in both (safety.md T1). No table is needed: what a
token says stands in it, encrypted, and only we can make one.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE, TAG = 12, 16  # bytes


def close_token(purpose: str, said: bytes) -> str:
    """Letters for an address. As long as others that say as much; opens for this purpose alone."""
    nonce = os.urandom(NONCE)
    return urlsafe_b64encode(nonce + _cipher(purpose, settings.SECRET_KEY).encrypt(nonce, said, None)).decode()


def open_token(purpose: str, token: str, *, long: int) -> bytes | None:
    """The `long` bytes it says, or None: it is not from us. A key that was changed since opens it as a fallback."""
    whole, expected = _bytes(token), NONCE + long + TAG
    if len(whole) != expected or len(token) != -(-expected // 3) * 4:  # one way to write it, and no other
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(purpose, secret).decrypt(whole[:NONCE], whole[NONCE:], None)
        except InvalidTag:
            continue
    return None


def _bytes(token: str) -> bytes:
    """Nothing for what is no base64. Signs that are no letters are passed over, and leave too few."""
    try:
        return urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return b""


@lru_cache(maxsize=16)
def _cipher(purpose: str, secret: str | bytes) -> AESGCM:
    return AESGCM(salted_hmac(purpose, "token", secret=secret, algorithm="sha256").digest())
