"""Django settings. The only module that reads the environment; .env.example documents each variable."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from pricing_site import database

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: script/run makes one, elsewhere set 50 random bytes.")
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
GOOGLE_API_KEY = env.str("GOOGLE_API_KEY", default="")

# The MCP endpoint's address is also the audience that every access token is bound to (RFC 8707).
MCP_RESOURCE = f"{PUBLIC_URL}/mcp"
MCP_SCOPE = "pricing:read"

_public = urlsplit(PUBLIC_URL)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
IS_LOCAL = _public.hostname in ("127.0.0.1", "localhost", "::1")
ALLOWED_HOSTS = LOOPBACK_HOSTS if IS_LOCAL else [_public.hostname or ""]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# The SDK compares the Host and Origin headers as they come, with their port.
MCP_ALLOWED_HOSTS = [f"{host}:*" for host in LOOPBACK_HOSTS] if IS_LOCAL else [_public.netloc]
MCP_ALLOWED_ORIGINS = [f"http://{host}:*" for host in LOOPBACK_HOSTS] if IS_LOCAL else [PUBLIC_URL]

INSTALLED_APPS = [
    "catalog",
    "mcp_api",
    "accounts",
    "oauth2_provider",
    "pricing_site",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.Client"
OAUTH2_PROVIDER = {
    "SCOPES": {MCP_SCOPE: "Search and read prices"},
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}
# Agents on a person's machine are called back over http on its loopback address (RFC 8252 section 7.3).
SILENCED_SYSTEM_CHECKS = ["oauth2_provider.W008"]

# Server-side SQL keeps dates in UTC only (docs/decisions/0001).
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

STATIC_URL = "static/"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if _public.scheme == "https":
    # Cloud Run ends TLS in front of us and sets this header on every request.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # At INFO the SDK writes a line or two for each request, none of which says who asked what.
    "loggers": {"mcp": {"level": "WARNING"}},
}
