"""Reads the environment and says in one sentence what is wrong with it."""

import base64
import binascii
import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

SECRET_SIGNS = 20


class Trouble(SystemExit):
    """Something outside the code keeps PeerHub from starting; the message says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"PeerHub cannot start: {sentence}")


def text(name: str, default: str = "") -> str:
    """The value of `name`, or the content of the file that `name_FILE` points at."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise Trouble(f"{name}_FILE points at {path}, which cannot be read ({problem.strerror}).") from None


def needed(name: str, why: str) -> str:
    value = text(name)
    if not value:
        raise Trouble(f"{name} is not set. {why}")
    return value


def switch(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise Trouble(f"{name} must be 1 or 0.")
    return value in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise Trouble(f"{name} must be a whole number.")
    return int(value)


def several(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def web_address(name: str, default: str = "") -> str:
    """An http(s) address without a slash at its end."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Trouble(f"{name} must be a web address such as https://groups.example.org.")
    return value


def database(name: str, url: str) -> dict[str, object]:
    """Django's settings for a postgres:// address."""
    parts = _split(name, url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname or not parts.path.strip("/"):
        raise Trouble(f"{name} must look like postgres://name:password@host:5432/database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


def broker(name: str) -> str:
    url = needed(name, "It is the address of Valkey or Redis, such as redis://:password@host:6379/0.")
    if _split(name, url).scheme not in {"redis", "rediss", "unix"}:
        raise Trouble(f"{name} must look like redis://:password@host:6379/0.")
    return url


def mail(name: str) -> dict[str, object]:
    """Django's e-mail settings for smtp://, anymail://, file:// or memory:// addresses."""
    parts = _split(name, needed(name, "It says how mail leaves, such as smtp://name:password@host:587?tls=1."))
    if parts.scheme == "memory":
        return {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if parts.scheme == "anymail":
        provider = _provider(name, parts)
        backend = f"anymail.backends.{provider}.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_HOST": provider, "ANYMAIL": _keys_of(provider, parts)}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Trouble(f"{name} must look like smtp://name:password@host:587?tls=1.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parse_qs(parts.query).get("tls") == ["1"],
        "EMAIL_TIMEOUT": 15,
    }


def reports(name: str) -> tuple[str, dict[str, object]]:
    """Which provider reports on mail that came back, and anymail's settings for that. ("", {}) for none."""
    parts = _split(name, text(name))
    if not parts.scheme and not parts.netloc:
        return "", {}
    if parts.scheme != "anymail" or not parts.username or len(unquote(parts.password or "")) < SECRET_SIGNS:
        raise Trouble(
            f"{name} must look like anymail://name:password@postmark, with a password of at least {SECRET_SIGNS} signs."
        )
    provider = _provider(name, parts)
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return provider, {"WEBHOOK_SECRET": secret} | _keys_of(provider, parts)


def master_keys(name: str) -> dict[int, bytes]:
    """Version -> 32 bytes. The highest version seals, every version opens."""
    value = needed(name, "It holds the key that seals people's words, such as 1:<32 bytes in base64>.")
    keys = {}
    for part in value.split(","):
        version, _, encoded = part.strip().partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded)
        except (binascii.Error, ValueError):
            key = b""
        if not version.isdecimal() or len(key) != 32:
            raise Trouble(f"{name} must be a list of version:key, each key 32 bytes in url-safe base64.")
        keys[int(version)] = key
    return keys


def _provider(name: str, parts: SplitResult) -> str:
    """The mail provider, as anymail calls it."""
    provider = parts.hostname or ""
    if (
        not provider.replace("_", "").isalnum()
        or provider == "base"
        or find_spec(f"anymail.webhooks.{provider}") is None
    ):
        raise Trouble(f"{name} names a mail provider that is not known here, such as anymail://postmark.")
    return provider


def _keys_of(provider: str, parts: SplitResult) -> dict[str, object]:
    """`?server_token=x` is anymail's POSTMARK_SERVER_TOKEN."""
    return {f"{provider}_{key}".upper(): values[0] for key, values in parse_qs(parts.query).items()}


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # reading it is what checks it
    except ValueError:
        raise Trouble(f"{name} is not a whole address.") from None
    return parts
