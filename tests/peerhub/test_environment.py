"""Anything wrong in the environment is one clear sentence, not a traceback."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from peerhub import environment

GOOD = {
    "PEERHUB_ENV": "production",
    "SECRET_KEY": "s" * 50,
    "PEERHUB_MASTER_KEYS": "1:a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
    "DATABASE_URL": "postgres://app:secret@127.0.0.1:5432/peerhub",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://mail.example.org:587?tls=1",
    "SITE_URL": "https://groups.example.org",
}


def start(**changes):
    """Import the settings in a process of their own, in an environment that holds only this."""
    wanted = {name: value for name, value in (GOOD | changes).items() if value is not None}
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(settings.BASE_DIR)} | wanted
    code = "import peerhub.settings as s; print(s.SESSION_COOKIE_NAME, s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT)"
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


def test_production_starts_with_safe_cookies_and_headers():
    done = start()

    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["__Host-session", "31536000", "True"], "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short."),
        ({"PEERHUB_ENV": "prod"}, "PEERHUB_ENV must be production, demo or test."),
        ({"PEERHUB_MASTER_KEYS": None}, "PEERHUB_MASTER_KEYS is not set."),
        ({"PEERHUB_MASTER_KEYS": "1:abc"}, "each key 32 bytes in url-safe base64."),
        ({"PEERHUB_MASTER_KEYS": "one"}, "each key 32 bytes in url-safe base64."),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set."),
        ({"DATABASE_URL": "mysql://a:b@c/d"}, "DATABASE_URL must look like postgres://"),
        ({"DATABASE_URL": "postgres://a:b@c:port/d"}, "DATABASE_URL is not a whole address."),
        ({"DATABASE_OWNER_URL": "postgres://a:b@c"}, "DATABASE_OWNER_URL must look like postgres://"),
        ({"REDIS_URL": None}, "REDIS_URL is not set."),
        ({"REDIS_URL": "amqp://c"}, "REDIS_URL must look like redis://"),
        ({"EMAIL_URL": None}, "EMAIL_URL is not set."),
        ({"EMAIL_URL": "pop3://c"}, "EMAIL_URL must look like smtp://"),
        ({"EMAIL_URL": "anymail://nobody"}, "EMAIL_URL names a mail provider that is not known here"),
        ({"EMAIL_URL": "anymail://base"}, "EMAIL_URL names a mail provider that is not known here"),
        ({"EMAIL_URL": "anymail://../os"}, "EMAIL_URL names a mail provider that is not known here"),
        ({"EMAIL_REPORTS": "anymail://postmark"}, "EMAIL_REPORTS must look like anymail://name:password@postmark"),
        ({"EMAIL_REPORTS": "anymail://a:short@postmark"}, "with a password of at least 20 signs."),
        ({"EMAIL_REPORTS": f"https://a:{'b' * 20}@postmark"}, "EMAIL_REPORTS must look like anymail://"),
        ({"EMAIL_REPORTS": f"anymail://a:{'b' * 20}@nobody"}, "EMAIL_REPORTS names a mail provider"),
        ({"SITE_URL": "http://groups.example.org"}, "SITE_URL must start with https:// in production."),
        ({"SITE_URL": None}, "SITE_URL must be a web address"),
        ({"EXIT_URL": "javascript:alert(1)"}, "EXIT_URL must be a web address"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS may not be * in production."),
        ({"STAFF_MFA_REQUIRED": "perhaps"}, "STAFF_MFA_REQUIRED must be 1 or 0."),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": "-1"}, "ALLAUTH_TRUSTED_PROXY_COUNT must be a whole number."),
        ({"SECRET_KEY_FILE": "/nowhere/secret"}, "SECRET_KEY_FILE points at /nowhere/secret, which cannot be read"),
    ],
)
def test_what_is_wrong_is_one_sentence(changes, sentence):
    done = start(**changes)

    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.startswith("PeerHub cannot start: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_secret_may_stand_in_a_file(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("f" * 50 + "\n")

    assert start(SECRET_KEY=None, SECRET_KEY_FILE=str(secret)).returncode == 0


def test_a_provider_takes_the_mail_and_reports_what_came_back(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "anymail://mailgun?api_key=abc&sender_domain=mg.example.org")
    monkeypatch.setenv("EMAIL_REPORTS", f"anymail://a:{'b%2F' * 10}@mailgun?webhook_signing_key=def")

    assert environment.mail("EMAIL_URL") == {
        "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
        "EMAIL_HOST": "mailgun",
        "ANYMAIL": {"MAILGUN_API_KEY": "abc", "MAILGUN_SENDER_DOMAIN": "mg.example.org"},
    }
    assert environment.reports("EMAIL_REPORTS") == (
        "mailgun",
        {"WEBHOOK_SECRET": f"a:{'b/' * 10}", "MAILGUN_WEBHOOK_SIGNING_KEY": "def"},
    )
