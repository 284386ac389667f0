"""Django settings. The only module that reads the environment; .env.example documents each variable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from costs.identity import PREFIX as COST_SECRET
from pricing_site import database, logs
from pricing_site.environment import Environment

_ROOT = Path(__file__).resolve().parent.parent
# A checkout has .env and data/ beside manage.py, an installed package in the folder where it is started.
BASE_DIR = _ROOT if (_ROOT / "manage.py").is_file() else Path.cwd()

# How messages tell people to run a command: a checkout has its own Python, a container only one.
_has_venv = (BASE_DIR / ".venv" / "bin" / "python").exists()
MANAGE_COMMAND = ".venv/bin/python manage.py" if _has_venv else "python manage.py"

env = Environment()
# script/run keeps the address that it serves at in the second, for commands in other shells.
for _file in (BASE_DIR / ".env", BASE_DIR / "data" / "served.env"):
    if _file.is_file():
        env.read_env(_file)

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set: script/run generates one; elsewhere, set at least 50 random characters."
    )
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
GOOGLE_API_KEY = env.str("GOOGLE_API_KEY", default="")
SYNC_REQUESTS_PER_MINUTE = env.int("SYNC_REQUESTS_PER_MINUTE", default=300, minimum=1)
# Cloud Run sets these for each task of a job; a task syncs its share of the services.
SYNC_TASK_INDEX = env.int("CLOUD_RUN_TASK_INDEX", default=0)
SYNC_TASK_COUNT = env.int("CLOUD_RUN_TASK_COUNT", default=1, minimum=1)
# The job that "Sync now" runs; without one it is a process of the server's machine.
SYNC_JOB = env.str("SYNC_JOB", default="")

# The MCP endpoint's address is also the audience that every access token is bound to (RFC 8707).
MCP_RESOURCE = f"{PUBLIC_URL}/mcp"
MCP_SCOPE = "pricing:read"
COSTS_SCOPE = "costs:read"
ALERTS_SCOPE = "alerts:write"
SQL_SCOPE = "costs:sql"
INTAKE_SCOPE = "usage:write"
# Who may give these scopes to a client or a token: the members of a group, and staff.
SCOPE_GROUPS = {
    COSTS_SCOPE: "Cost readers",
    ALERTS_SCOPE: "Cost readers",
    SQL_SCOPE: "Cost analysts",
    INTAKE_SCOPE: "Usage senders",
}

_public = urlsplit(PUBLIC_URL)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
IS_LOCAL = _public.hostname in ("127.0.0.1", "localhost", "::1")
# A local server is the same resource at each of its names. Tokens are always bound to MCP_RESOURCE.
MCP_RESOURCES = frozenset({MCP_RESOURCE})
if IS_LOCAL:
    _port = f":{_public.port}" if _public.port else ""
    MCP_RESOURCES |= {f"{_public.scheme}://{host}{_port}/mcp" for host in LOOPBACK_HOSTS}
ALLOWED_HOSTS = LOOPBACK_HOSTS if IS_LOCAL else [_public.hostname or ""]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# The SDK compares the Host header including its port.
MCP_ALLOWED_HOSTS = [f"{host}:*" for host in LOOPBACK_HOSTS] if IS_LOCAL else [_public.netloc]
# Pages of these origins may call /mcp. A bearer token protects it, which no browser sends by itself, so a
# page can do no more than a program that has the token. A public server therefore serves every https page,
# and pages such as MCP Inspector's on a person's machine. A local server serves only the machine's own pages:
# others could reach it by DNS rebinding (MCP specification, Transports, Security Warning).
_loopback_origin = r"https?://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?"
_https_origin = r"https://[a-z0-9.-]+(?::[0-9]{1,5})?"
MCP_ALLOWED_ORIGINS = re.compile(_loopback_origin if IS_LOCAL else f"{_loopback_origin}|{_https_origin}")

# People sign in with GitHub. A local server without credentials has the administrator of script/run.
GITHUB_CLIENT_ID = env.str("GITHUB_CLIENT_ID", default="")
GITHUB_CLIENT_SECRET = env.str("GITHUB_CLIENT_SECRET", default="")
GITHUB_URL = env.str("GITHUB_URL", default="").rstrip("/")
HAS_GITHUB = bool(GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET)
STAFF_GITHUB_IDS = frozenset(env.ids("STAFF_GITHUB_IDS", default=[]))
ALLOWED_GITHUB_IDS = frozenset(env.ids("ALLOWED_GITHUB_IDS", default=[]))
ALLOWED_GITHUB_ORGS = frozenset(env.list("ALLOWED_GITHUB_ORGS", default=[]))

INSTALLED_APPS = [
    "catalog",
    "costs",
    "live",
    "assistant",
    "mcp_api",
    "console",
    "accounts",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "corsheaders",
    "csp",
    "pricing_site",
    "pricing_site.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "pricing_site.metrics.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    # Pages show input next to secrets, which BREACH reads from the length of compressed answers. Django masks
    # its CSRF token, and this middleware, unlike Starlette's, pads each answer by a random length.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    # Before those that answer by themselves, such as with a redirect to the address with a slash.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.RecheckMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "pricing_site.urls"
ASGI_APPLICATION = "pricing_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": database.from_url(
        env.str("DATABASE_URL", default="file:data/catalog.db"),
        BASE_DIR,
        env.str("DATABASE_AUTH_TOKEN", default=""),
    )
}
# The files of loaded costs; the database names the current ones. Only its owner can read them.
COSTS_DIR = BASE_DIR / env.str("COSTS_DIR", default="data/costs")
# Where the charges are: in these files, or in a dataset of BigQuery (docs/bigquery-store.md).
COST_STORE = env.str("COST_STORE", default="lake")
BIGQUERY_USD_PER_TIB = env.decimal("BIGQUERY_USD_PER_TIB", default="6.25")
# The keys that sources of costs may name (docs/deliveries.md): env:COST_SECRET_…, and secret:… for a file.
COST_SECRETS = env.beginning(COST_SECRET)
COST_SECRETS_DIR = BASE_DIR / env.str("COST_SECRETS_DIR", default="/run/secrets")
# Where alerts are sent to (docs/alerts.md). Secrets are here only, never in the database or the log.
ALERT_WEBHOOK_URL = env.str("ALERT_WEBHOOK_URL", default="")
ALERT_WEBHOOK_SECRET = env.str("ALERT_WEBHOOK_SECRET", default="")
ALERT_SLACK_URL = env.str("ALERT_SLACK_URL", default="")
ALERT_ALERTMANAGER_URL = env.str("ALERT_ALERTMANAGER_URL", default="").rstrip("/")
ALERT_EMAIL_TO = env.list("ALERT_EMAIL_TO", default=[])
ALERT_DEMO = env.bool("ALERT_DEMO", default=False)
ALERT_STALE_DAYS = env.int("ALERT_STALE_DAYS", default=4)
ALERT_ANOMALY_DAYS = env.int("ALERT_ANOMALY_DAYS", default=45, minimum=1)
# Questions through a model (docs/ask.md). Without its price it is not asked: unknown is not $0.
ASK_PROVIDER = env.str("ASK_PROVIDER", default="anthropic")
ANTHROPIC_API_KEY = env.str("ANTHROPIC_API_KEY", default="")
ANTHROPIC_BASE_URL = env.str("ANTHROPIC_BASE_URL", default="https://api.anthropic.com").rstrip("/")
ASK_MODEL = env.str("ASK_MODEL", default="")
ASK_MODEL_PRICE = env.decimals("ASK_MODEL_PRICE", default="")
ASK_USD_PER_DAY = env.decimal("ASK_USD_PER_DAY", default="5")
ASK_MAX_STEPS = env.int("ASK_MAX_STEPS", default=6, minimum=1)
ASK_MAX_TOKENS = env.int("ASK_MAX_TOKENS", default=150_000, minimum=1_000)
ASK_TURN_SECONDS = env.int("ASK_TURN_SECONDS", default=120, minimum=5)
# How long conversations are kept after their last question (docs/ask.md).
TALK_DAYS = env.int("TALK_DAYS", default=90, minimum=1)
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587, minimum=1)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# Only script/run's administrator has a password, so the password form is not served if GitHub is set up.
LOGIN_URL = "admin:login" if IS_LOCAL and not HAS_GITHUB else "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "home"

SOCIALACCOUNT_ONLY = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_ADAPTER = "accounts.github.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.github.GitHubAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "github": {
        "OAUTH_PKCE_ENABLED": True,
        # Only the public profile is read, and memberships if access depends on them.
        "SCOPE": ["read:org"] if ALLOWED_GITHUB_ORGS else [],
    }
}
if GITHUB_URL:
    SOCIALACCOUNT_PROVIDERS["github"]["GITHUB_URL"] = GITHUB_URL
if HAS_GITHUB:
    SOCIALACCOUNT_PROVIDERS["github"]["APP"] = {"client_id": GITHUB_CLIENT_ID, "secret": GITHUB_CLIENT_SECRET}

# How many proxies in front append to X-Forwarded-For, which gives the client's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
# By address. All clients of a local server share one.
ACCOUNT_RATE_LIMITS = {
    "sign_in": "30/m/ip",
    "consent": "60/m/ip",
    # A brake only: hosted clients register for all their users from one address. The real limit is on the
    # number of clients that nobody agreed to yet (accounts.oauth.pending).
    "register": "300/m/ip",
}
MAX_PENDING_CLIENTS = 5_000
MAX_PENDING_CLIENTS_PER_ADDRESS = MAX_PENDING_CLIENTS if IS_LOCAL else 100
# By address, in each worker: a hosted client refreshes for all its users from one address.
TOKEN_REQUESTS_PER_MINUTE = 600
# By person and tool, in each worker.
TOOL_CALLS_PER_MINUTE = env.int("TOOL_CALLS_PER_MINUTE", default=600)
# By person, in each worker: calls that are sent to the intake.
INTAKE_CALLS_PER_MINUTE = env.int("INTAKE_CALLS_PER_MINUTE", default=6000, minimum=1)
# What says for whom and what a call is, the first that is there (docs/intake.md).
INTAKE_CUSTOMER = env.str("INTAKE_CUSTOMER", default="customer.id,tenant.id,customer").split(",")
INTAKE_FEATURE = env.str("INTAKE_FEATURE", default="feature.name,feature").split(",")
# By person, in each worker: questions in words on /ask/.
QUESTIONS_PER_MINUTE = env.int("QUESTIONS_PER_MINUTE", default=30, minimum=0)
# By address, in each worker: searches on pages, and those that a page makes while somebody types.
PAGE_SEARCHES_PER_MINUTE = 60
PAGE_TYPED_SEARCHES_PER_MINUTE = 300
KEPT_ESTIMATES_PER_HOUR = 60
# Live pages that each worker tells of new figures; the others, and all if it is 0, ask each minute.
LIVE_STREAMS = env.int("LIVE_STREAMS", default=20, minimum=0)
# Workers share the counts of ACCOUNT_RATE_LIMITS through the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# A client can refresh its tokens for this long after the person last agreed.
CONSENT_DAYS = 90
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.Client"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"  # noqa: S105 a model's name
OAUTH2_PROVIDER = {
    "OIDC_ISS_ENDPOINT": PUBLIC_URL,
    "OAUTH2_PROTECTED_RESOURCE_IDENTIFIER": MCP_RESOURCE,
    "OAUTH2_PROTECTED_RESOURCE_AUTHORIZATION_SERVERS": [PUBLIC_URL],
    "OAUTH2_PROTECTED_RESOURCE_NAME": "Cloud Pricing",
    "OAUTH2_PROTECTED_RESOURCE_DOCUMENTATION": f"{PUBLIC_URL}/connect/",
    "SCOPES": {
        MCP_SCOPE: "Search and read prices",
        COSTS_SCOPE: "Read what AI usage has cost",
        INTAKE_SCOPE: "Send which AI models were called",
        ALERTS_SCOPE: "Have you told when AI usage costs more than you say, and read what it costs for that",
        SQL_SCOPE: "Ask SQL of all charges of bills",
    },
    "DEFAULT_SCOPES": [MCP_SCOPE],
    # Only authorization codes and refresh tokens; the library's default supports every grant.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.WebApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "accounts.oauth.validator.Validator",
    "OAUTH2_GRANT_TYPES_SUPPORTED": ["authorization_code", "refresh_token"],
    "OAUTH2_RESPONSE_TYPES_SUPPORTED": ["code"],
    "OAUTH2_TOKEN_ENDPOINT_AUTH_METHODS_SUPPORTED": ["none", "client_secret_basic", "client_secret_post"],
    "CLIENT_SECRET_HASHER": "client_secret",
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 15 * 60,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 14 * 24 * 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOW_LOCALHOST_LOOPBACK": True,
    "DCR_ENABLED": True,
    "CIMD_ENABLED": True,
    "CIMD_METADATA_FETCHER": "accounts.oauth.client_document.DocumentFetcher",
    "CIMD_REGISTRATION_PERMISSION_CLASSES": ("accounts.oauth.fetch_share.IsWithinShare",),
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.hashers.ClientSecretHasher",
]
# Agents on a person's machine receive the callback over http on loopback (RFC 8252 section 7.3).
SILENCED_SYSTEM_CHECKS = ["oauth2_provider.W008"]

# Clients that run in a browser (MCP Inspector) call these from their own origin. Cookies are not read here.
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/(\.well-known|oauth/(token|revoke|register))"
CORS_ALLOW_METHODS = ["GET", "POST", "OPTIONS"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "mcp-protocol-version"]

# libSQL servers compute dates in UTC only (docs/decisions/0001).
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
# Django prefers the formats of the language to those of the settings.
FORMAT_MODULE_PATH = ["pricing_site.formats"]

STATIC_URL = "static/"
# Nothing is uploaded, so there is no default storage.
STORAGES = {"staticfiles": {"BACKEND": "pricing_site.static_files.HashedFiles"}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
# The consent page's URL contains the client's request, so other sites must not receive it.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if _public.scheme == "https":
    # Cloud Run terminates TLS and sets this header on every request.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Browsers refuse cookies of these names from other hosts of the domain and over http.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# Traces go to an OpenTelemetry collector if one is named; its library reads the other OTEL_ variables itself.
OTEL_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
# Who sends it as a bearer token may read /metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Lines for people, or JSON for Cloud Logging.
LOG_FORMAT = env.choice("LOG_FORMAT", default="line", choices=("line", "json"))
LOGGING = logs.configuration(LOG_FORMAT, env.str("GOOGLE_CLOUD_PROJECT", default=""))
