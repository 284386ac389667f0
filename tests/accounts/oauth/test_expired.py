from __future__ import annotations

from datetime import timedelta
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, RefreshToken

from accounts.models import Client, Consent, PersonalToken, RedeemedCode
from accounts.oauth import tokens
from accounts.oauth.expired import PENDING_CLIENT_DAYS, UNUSED_CLIENT_DAYS
from tests.accounts.oauth.agent import Agent
from tests.accounts.oauth.conftest import make_client


def clear() -> str:
    out = StringIO()
    call_command("clear_expired", stdout=out)
    return out.getvalue()


def ago(days: int) -> object:
    return timezone.now() - timedelta(days=days, minutes=1)


def test_rows_in_use_are_kept(agent: Agent) -> None:
    body = agent.tokens()
    personal = tokens.issue(agent.user, days=1)
    waiting = agent.code()
    Client.objects.update(created=ago(400))

    assert clear() == "Deleted consents: 0, codes: 0, clients: 0, conversations: 0.\n"

    assert tokens.check(body["access_token"]) is not None
    assert tokens.check(personal) is not None
    assert agent.refresh(body["refresh_token"]).status_code == 200
    assert agent.redeem(waiting).status_code == 200


def test_expired_codes_and_tokens_are_deleted(agent: Agent) -> None:
    agent.tokens()
    agent.code()
    tokens.issue(agent.user, days=1)
    AccessToken.objects.update(expires=ago(15))
    Grant.objects.update(expires=ago(1))

    assert clear() == "Deleted consents: 0, codes: 1, clients: 0, conversations: 0.\n"

    for model in (AccessToken, RefreshToken, Grant, RedeemedCode, PersonalToken):
        assert not model.objects.exists()


def test_a_redeemed_code_is_kept_as_long_as_its_session(agent: Agent) -> None:
    code = agent.code()
    body = agent.refresh(agent.redeem(code).json()["refresh_token"]).json()
    RedeemedCode.objects.update(redeemed=ago(80))

    clear()
    agent.redeem(code)

    assert tokens.check(body["access_token"]) is None


def test_expired_consents_are_deleted_with_their_clients(agent: Agent) -> None:
    agent.tokens()
    Consent.objects.update(renewed=ago(settings.CONSENT_DAYS))
    AccessToken.objects.update(expires=ago(15))
    Client.objects.update(created=ago(400))

    assert clear() == "Deleted consents: 1, codes: 1, clients: 1, conversations: 0.\n"


def test_a_client_without_consents_is_deleted_after_a_month(agent: Agent) -> None:
    agent.tokens()
    forgotten, fresh, ours, disabled = (
        make_client(name) for name in ("forgotten", "fresh", "ours", "disabled")
    )
    Client.objects.exclude(pk=fresh.pk).update(created=ago(UNUSED_CLIENT_DAYS))
    Client.objects.filter(pk=ours.pk).update(registration_source=Client.RegistrationSource.MANUAL)
    Client.objects.filter(pk=disabled.pk).update(disabled=True)

    assert clear() == "Deleted consents: 0, codes: 0, clients: 1, conversations: 0.\n"

    assert set(Client.objects.all()) == {agent.client, fresh, ours, disabled}
    assert not Client.objects.filter(pk=forgotten.pk).exists()


def test_a_client_that_nobody_ever_agreed_to_is_deleted_after_a_week(agent: Agent) -> None:
    forgotten, fresh, disabled, used = (
        make_client(name) for name in ("forgotten", "fresh", "disabled", "used")
    )
    Client.objects.exclude(pk__in=[used.pk, agent.client.pk]).update(registered_from="x")
    Client.objects.exclude(pk=fresh.pk).update(created=ago(PENDING_CLIENT_DAYS))
    Client.objects.filter(pk=disabled.pk).update(disabled=True)

    assert clear() == "Deleted consents: 0, codes: 0, clients: 1, conversations: 0.\n"

    assert set(Client.objects.all()) == {agent.client, fresh, disabled, used}
    assert not Client.objects.filter(pk=forgotten.pk).exists()
