"""Each cloud's real client signs in as a source says, and no key is ever shown."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

import google.auth
import pytest
from azure.identity import ClientSecretCredential, DefaultAzureCredential, ManagedIdentityCredential
from azure.storage.blob import ContainerClient, ExponentialRetry
from botocore.retries.standard import ExponentialBackoff
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import iam, jwt
from google.oauth2.credentials import Credentials
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers import azure_credentials
from costs.providers.bigquery import Table
from costs.providers.bigquery_place import Place
from costs.providers.look import look
from costs.providers.registry import open_source
from tests.costs.providers.blob_storage import Export, before
from tests.costs.providers.s3 import LOCATION, Bucket
from tests.costs.providers.writers import rows
from tests.harness.azurite import ACCOUNT as STORAGE
from tests.harness.azurite import KEY, Azurite
from tests.harness.moto_server import (
    ACCESS_KEY,
    Door,
    door,
    environment,
    moto_server,
    of_aws,
    refusal,
    with_key,
)

ROLE = "arn:aws:iam::111122223333:role/read-exports"
OTHER_KEY, OTHER_SECRET = "AKIA" + "OTHER7EXAMPLE000", "made-up-other-secret"
ACCOUNT = "load-costs@acme-billing.iam.gserviceaccount.com"
_TABLE = "/bigquery/v2/projects/acme/datasets/billing/tables/export"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    monkeypatch.setattr(ExponentialRetry, "get_backoff_time", lambda *_: 0)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with moto_server() as port:
        yield port


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    with Azurite() as running:
        yield running


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def by_key(text: str) -> Identity:
    return Identity(key=text, reference="env:COST_SECRET_ACME")


class TestAws:
    @pytest.fixture
    def cloud(self, port: int) -> Iterator[Door]:
        with door(port) as found, of_aws(with_key(found.url)):
            Bucket().deliver("2026-05", {"a.parquet": rows("aws")})
            yield found

    def signers(self, cloud: Door, folder: Path, identity: Identity) -> list[str]:
        """The access keys that sign what is asked for, after what a role is taken by."""
        found, taken = list[str](), list[dict[str, list[str]]]()

        def see(request: Request) -> None:
            signer = re.search(r"Credential=([A-Z0-9]+)/", request.headers["Authorization"])
            assert signer
            if request.method == "POST":
                taken.append(parse_qs(request.get_data(as_text=True)))
            found.append(signer[1])

        cloud.hook = see
        [may] = open_source("s3", "acme", LOCATION, folder, identity).deliveries()
        assert may.problem == ""
        self.taken = taken
        return list(dict.fromkeys(found))

    def test_a_role_is_taken_with_its_external_id_and_signs_all_else(
        self, cloud: Door, tmp_path: Path
    ) -> None:
        own, role = self.signers(cloud, tmp_path, Identity(ROLE, "acme-1"))

        assert own == ACCESS_KEY
        assert role.startswith("ASIA")
        [taken] = self.taken
        assert (taken["RoleArn"], taken["ExternalId"]) == ([ROLE], ["acme-1"])

    def test_a_key_by_its_name_signs_in_place_of_the_jobs_own(self, cloud: Door, tmp_path: Path) -> None:
        key = json.dumps({"Version": 1, "AccessKeyId": OTHER_KEY, "SecretAccessKey": OTHER_SECRET})
        assert self.signers(cloud, tmp_path, by_key(key)) == [OTHER_KEY]
        assert self.signers(cloud, tmp_path / "own", OWN) == [ACCESS_KEY]

    def test_a_role_that_may_not_be_taken_is_one_sentence(self, cloud: Door) -> None:
        denied = "<Code>AccessDenied</Code><Message>made up</Message>"
        body = f"<ErrorResponse><Error>{denied}</Error></ErrorResponse>"
        cloud.hook = lambda _: Response(body, 403, content_type="text/xml")
        with pytest.raises(LoadError) as caught:
            look("s3", LOCATION, Identity(ROLE))
        assert f"{caught.value}" == (
            f"{ROLE} may not be read: give the credentials sts:AssumeRole on {ROLE}."
        )

    def test_a_role_needs_credentials_that_take_it(self, cloud: Door) -> None:
        with of_aws(environment(cloud.url)), pytest.raises(LoadError, match="without credentials of AWS"):
            look("s3", LOCATION, Identity(ROLE))

    @pytest.mark.parametrize(
        "key",
        ["{", "[]", "{}", '{"AccessKeyId": "", "SecretAccessKey": "x"}', '{"AccessKeyId": 1}', OTHER_SECRET],
    )
    def test_a_key_of_another_form_is_refused_and_not_shown(self, key: str) -> None:
        with pytest.raises(
            LoadError, match="What env:COST_SECRET_ACME names is no key that can be read"
        ) as caught:
            look("s3", LOCATION, by_key(key))
        assert OTHER_SECRET not in f"{caught.value}"
        assert caught.value.__cause__ is None

    def test_estimates_are_asked_for_by_the_same_key(self, cloud: Door, tmp_path: Path) -> None:
        asked = list[str]()

        def see(request: Request) -> Response:
            asked.append(request.headers["Authorization"])
            return refusal("AccessDenied")

        cloud.hook = see
        key = json.dumps({"AccessKeyId": OTHER_KEY, "SecretAccessKey": OTHER_SECRET})
        source = open_source("cost-explorer", "acme", "costexplorer://111122223333", tmp_path, by_key(key))
        with pytest.raises(LoadError):
            list(source.deliveries())
        assert asked
        assert all(OTHER_KEY in each for each in asked)


class TestAzure:
    def test_a_connection_string_by_its_name_opens_its_storage_account(
        self,
        azurite: Azurite,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        # That of the environment would reach nothing.
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azurite.connection_string(1))
        with (
            before(azurite) as front,
            ContainerClient.from_connection_string(azurite.connection_string(), "costs") as client,
        ):
            export = Export(client, tmp_path / "by-hand")
            export.run("2026-05", "2026-05-20T06:00:00Z", [rows("azure")])
            key = by_key(front.connection_string())
            source = open_source("azure-blob", "acme", export.location, tmp_path / "copy", key)

            [may] = source.deliveries()

            assert may.problem == ""
            assert [each.period for each in look("azure-blob", export.location, key).seen] == ["2026-05"]
            other = export.location.replace(STORAGE, "otherstorage")
            with pytest.raises(LoadError, match="is of another storage account than otherstorage"):
                look("azure-blob", other, key)
        assert KEY not in caplog.text

    def test_each_kind_of_identity_has_its_own_client(self) -> None:
        key = json.dumps({"tenant": "acme.example", "appId": "id", "password": "made-up", "displayName": "x"})
        identities = {
            DefaultAzureCredential: OWN,
            ManagedIdentityCredential: Identity("0b9c1c5e-2f4d-4a53-9c1e-0d3f5a7b9e11"),
            ClientSecretCredential: by_key(key),
        }
        for kind, identity in identities.items():
            with azure_credentials.credential(identity) as found:
                assert type(found) is kind

    @pytest.mark.parametrize("kind", ["azure-blob", "cost-management"])
    @pytest.mark.parametrize(
        "key", ["{}", "made-up", "AccountKey=made-up", '{"tenant": "a b", "appId": "x"}']
    )
    def test_a_key_of_another_form_is_refused_and_not_shown(
        self, kind: str, key: str, tmp_path: Path
    ) -> None:
        locations = {
            "azure-blob": f"https://{STORAGE}.blob.core.windows.net/costs/export",
            "cost-management": "costmanagement://subscriptions/0b9c1c5e-2f4d-4a53-9c1e-0d3f5a7b9e11",
        }
        with pytest.raises(LoadError, match="env:COST_SECRET_ACME") as caught:
            list(open_source(kind, "acme", locations[kind], tmp_path, by_key(key)).deliveries())
        assert "made-up" not in f"{caught.value}"
        assert caught.value.__cause__ is None


class TestGoogleCloud:
    @pytest.fixture(autouse=True)
    def api(self, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
        """BigQuery, and what gives out tokens."""
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", httpserver.url_for("").rstrip("/"))
        monkeypatch.setattr(iam, "_IAM_ENDPOINT", httpserver.url_for("/act-as/{}"))
        own = Credentials("own-token")  # type: ignore[no-untyped-call]
        monkeypatch.setattr(google.auth, "default", lambda **_: (own, "acme"))
        body = {"tableReference": {"projectId": "acme", "datasetId": "billing", "tableId": "export"}}
        httpserver.expect_request(_TABLE).respond_with_json(body)
        return httpserver

    def tokens(self, api: HTTPServer, identity: Identity) -> list[str]:
        """What is sent to BigQuery to sign in."""
        with closing(Table(Place.of("bigquery://acme/billing/export"), identity)) as table:
            table.describe()
        return [each.headers["Authorization"] for each, _ in api.log if each.path == _TABLE]

    def test_a_key_by_its_name_signs_for_a_token_of_its_account(
        self, api: HTTPServer, private_key: str
    ) -> None:
        asked = list[str]()

        def token(request: Request) -> Response:
            asked.append(request.form["assertion"])
            return Response(
                json.dumps({"access_token": "of-key", "expires_in": 3600}), mimetype="application/json"
            )

        api.expect_request("/token").respond_with_handler(token)
        key = {"type": "service_account", "client_email": ACCOUNT, "private_key": private_key}
        told = json.dumps({**key, "token_uri": api.url_for("/token")})

        assert self.tokens(api, by_key(told)) == ["Bearer of-key"]
        [assertion] = asked
        said = jwt.decode(assertion, verify=False)  # type: ignore[no-untyped-call]
        assert (said["iss"], said["scope"]) == (ACCOUNT, "https://www.googleapis.com/auth/bigquery")

    def test_the_job_acts_as_a_service_account(self, api: HTTPServer) -> None:
        until = {"accessToken": "of-account", "expireTime": "2999-01-01T00:00:00Z"}
        api.expect_request(f"/act-as/{ACCOUNT}").respond_with_json(until)

        assert self.tokens(api, Identity(ACCOUNT)) == ["Bearer of-account"]
        asked = next(each for each, _ in api.log if each.path == f"/act-as/{ACCOUNT}")
        assert asked.headers["Authorization"] == "Bearer own-token"

    def test_an_account_that_the_job_may_not_act_as_is_one_sentence(self, api: HTTPServer) -> None:
        api.expect_request(f"/act-as/{ACCOUNT}").respond_with_json({"error": {"code": 403}}, status=403)
        with pytest.raises(LoadError, match=f"^The job may not act as {ACCOUNT}: grant its own account"):
            self.tokens(api, Identity(ACCOUNT))

    @pytest.mark.parametrize(
        "key", ["{", "[]", "{}", '{"client_email": "a", "token_uri": "b", "private_key": "made-up"}']
    )
    def test_a_key_of_another_form_is_refused_and_not_shown(self, api: HTTPServer, key: str) -> None:
        with pytest.raises(LoadError, match="has to be the JSON key of a service account") as caught:
            self.tokens(api, by_key(key))
        assert "made-up" not in f"{caught.value}"
        assert caught.value.__cause__ is None
