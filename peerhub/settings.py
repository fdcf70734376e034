"""The one settings file. Every value comes from the environment; production refuses unsafe ones."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from peerhub import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

# -- where we are ---------------------------------------------------------------------------
STAGE = env.text("PEERHUB_ENV", "production")
if STAGE not in {"production", "demo", "test"}:
    raise env.Trouble("PEERHUB_ENV must be production, demo or test.")
PRODUCTION = STAGE == "production"
DEMO = STAGE == "demo"
DEBUG = False

SECRET_KEY = env.needed("SECRET_KEY", "Make one of at least 50 characters and keep it outside the code.")
if PRODUCTION and len(SECRET_KEY) < 50:
    raise env.Trouble("SECRET_KEY is too short. It needs at least 50 characters.")
MASTER_KEYS = env.master_keys("PEERHUB_MASTER_KEYS")

SITE_URL = env.web_address("SITE_URL", "" if PRODUCTION else "http://localhost:8000")
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise env.Trouble("SITE_URL must start with https:// in production.")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
ALLOWED_HOSTS = env.several("ALLOWED_HOSTS", SITE_HOST)
if PRODUCTION and "*" in ALLOWED_HOSTS:
    raise env.Trouble("ALLOWED_HOSTS may not be * in production.")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Where the Leave button goes: something dull that anyone might have open.
EXIT_URL = env.web_address("EXIT_URL", "https://www.wikipedia.org")
EXIT_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(EXIT_URL))
# Video meetings may only stand on these hosts (safety.md T8).
DOOR_HOSTS = env.several("DOOR_HOSTS", "meet.jit.si,zoom.us,teams.microsoft.com,meet.google.com,meet.example.org")
# The error page needs the help lines when the database is away: written when they are confirmed.
CRISIS_LINES_FILE = Path(env.text("CRISIS_LINES_FILE", str(BASE_DIR / ".local" / "crisis-lines.json")))

# -- parts ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "peerhub",
    "home",
    "notes",
    "checkins",
    "sessions.apps.SessionsConfig",
    "resources",
    "groups",
    "notices",
    "people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "anymail",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peerhub.middleware.SecurityHeaders",
    "peerhub.middleware.PlainRequests",
    "peerhub.middleware.NothingAhead",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "peerhub.middleware.IdleVisit",
    "peerhub.middleware.ReadersClock",
    "allauth.account.middleware.AccountMiddleware",
    "peerhub.middleware.SecondStep",
]
ROOT_URLCONF = "peerhub.urls"
WSGI_APPLICATION = "peerhub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "people.context_processors.place",
                "home.context_processors.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- data -----------------------------------------------------------------------------------
_DATABASE_URL = env.needed("DATABASE_URL", "It looks like postgres://name:password@host:5432/database.")
DATABASES = {"default": env.database("DATABASE_URL", _DATABASE_URL)}
DATABASE_APP_ROLE = DATABASES["default"]["USER"]
# Tables belong to an owner role that only `migrate` and the tests' set-up use.
DATABASE_OWNER = env.database("DATABASE_OWNER_URL", env.text("DATABASE_OWNER_URL") or _DATABASE_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "peerhub_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # of 300 a busy evening would throw out run sheets that are in use
    },
    # What every page's frame shows and seldom changes: at most a minute old in each process.
    "memory": {
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if STAGE == 'test' else 'locmem.LocMemCache'}",
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# What was just done is said once, and names people. In a cookie it would outlive the sign-in on that device.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# -- Celery: the clock and the muscle, never the memory ---------------------------------------
CELERY_BROKER_URL = env.broker("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # each is safe to run twice
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a hundred tries are less than an hour: nobody gives the broker up
# Without `max_retries` whoever sends a form while the broker is away waits six seconds: wake() is only a hint.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 0}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}

# -- words and time -------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["peerhub.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- files ----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION

# -- mail -----------------------------------------------------------------------------------
_MAIL = env.mail("EMAIL_URL")
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _MAIL.get("EMAIL_FILE_PATH")
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"hello@{SITE_HOST}")
# How many processes of the worker send at once while much is due (notices/services/places.py).
SENDERS = max(env.number("PEERHUB_SENDERS", 2), 1)
# Outside production mail leaves this computer only for what is on the list. In production a list holds, too.
EMAIL_ALLOWLIST = [entry.lower() for entry in env.several("PEERHUB_EMAIL_ALLOWLIST")]
_STAYS_HERE = _MAIL.get("EMAIL_HOST", "localhost") in {"localhost", "127.0.0.1", "::1"}
EMAIL_TO_EVERYBODY = not EMAIL_ALLOWLIST and (PRODUCTION or _STAYS_HERE)
# Who reports what became of mails, and how it shows that it is who it says (notices/receivers.py).
EMAIL_REPORTS_FROM, _REPORTS = env.reports("EMAIL_REPORTS")
_KEYS: Any = _MAIL.get("ANYMAIL", {})
ANYMAIL = {
    "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
    "IGNORE_UNSUPPORTED_FEATURES": True,
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
    **_KEYS,
    **_REPORTS,
}
SERVER_EMAIL = env.text("SERVER_EMAIL", DEFAULT_FROM_EMAIL)
ADMINS = [(address, address) for address in env.several("ADMINS")]

# -- people ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},  # NIST SP 800-63B-4: 15 when it is the only factor
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
STAFF_MFA_REQUIRED = env.switch("STAFF_MFA_REQUIRED", default=True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:start"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "peerhub.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# Ten minutes (ASVS 6.5.5). No "send it again": it would work otherwise for an address we do not know (T9).
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # the adapter does the work of a mail and sends none
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# `key` is the e-mail and the network it was typed from, so that a stranger locks nobody out (T2).
ACCOUNT_RATE_LIMITS = {
    "login": None,  # failed tries are counted below; others at the same network may go on signing in
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",  # key is the e-mail alone
    "login_failed_device": "5/5m/key",  # key is a device that knew the password before
    "request_login_code": "20/m/ip,5/m/key",
    "reset_password": "20/m/ip,5/m/key",
    "signup": "20/m/ip",
}
ACCOUNT_FORMS = {
    "add_email": "peerhub.account_forms.AddEmailForm",
    "change_password": "peerhub.account_forms.ChangePasswordForm",
    "confirm_email_verification_code": "peerhub.account_forms.ConfirmEmailForm",
    "confirm_login_code": "peerhub.account_forms.ConfirmLoginCodeForm",
    "confirm_password_reset_code": "peerhub.account_forms.ConfirmResetForm",
    "login": "peerhub.account_forms.LoginForm",
    "reauthenticate": "peerhub.account_forms.ReauthenticateForm",
    "request_login_code": "peerhub.account_forms.RequestLoginCodeForm",
    "reset_password": "peerhub.account_forms.ResetPasswordForm",
    "reset_password_from_key": "peerhub.account_forms.ResetPasswordKeyForm",
    "set_password": "peerhub.account_forms.SetPasswordForm",
    "signup": "peerhub.account_forms.SignupForm",
}
MFA_ADAPTER = "peerhub.accounts.SecondStepAdapter"
MFA_FORMS = {
    "activate_totp": "peerhub.account_forms.ActivateAppForm",
    "add_webauthn": "peerhub.account_forms.AddPasskeyForm",
    "authenticate": "peerhub.account_forms.SecondStepForm",
    "edit_webauthn": "peerhub.account_forms.RenamePasskeyForm",
    "reauthenticate": "peerhub.account_forms.SecondStepAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Notes"
USERSESSIONS_TRACK_ACTIVITY = False  # it would write a row at every page
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("ALLAUTH_TRUSTED_PROXY_COUNT", 0)
SILENCED_SYSTEM_CHECKS: list[str] = []

# -- the browser's own walls ------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_FAILURE_VIEW = "peerhub.views.form_too_old"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: is the square code for an authenticator app
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", EXIT_ORIGIN],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}

# -- logs and error reports: ids, never words ---------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "peerhub.reports.BareFormatter", "format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "mail": {"class": "peerhub.reports.BareMailHandler", "level": "ERROR"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["stderr", "mail"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
DEFAULT_EXCEPTION_REPORTER = "peerhub.reports.BareReporter"
SENTRY_DSN = env.text("SENTRY_DSN")
if SENTRY_DSN:
    from peerhub.reports import start_sentry

    start_sentry(SENTRY_DSN)
