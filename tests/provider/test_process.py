"""The provider as the engine starts it: a folder run as a script, from anywhere."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pulumi_kong
import pytest
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from provider.package import package_schema
from provider.resources import TYPES
from provider.values import encode
from tests.provider.engine import urn

PROVIDER = Path(__file__).parents[2] / "provider"


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    command = [sys.executable, str(PROVIDER), "127.0.0.1:9"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with subprocess.Popen(command, cwd=elsewhere, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        # The engine's own limit (pulumi: sdk/go/common/util/rpcutil).
        limit = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=limit) as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_it_says_that_it_takes_secrets(stub: Any) -> None:
    response = stub.Handshake(provider_pb2.ProviderHandshakeRequest())

    assert (response.accept_secrets, response.accept_resources, response.accept_outputs) == (True, False, False)
    configured = stub.Configure(provider_pb2.ConfigureRequest(args=encode({"kongAdminUri": "http://127.0.0.1:9"})))
    assert configured.acceptSecrets
    assert configured.supportsPreview


def test_it_checks_and_plans_without_any_kong(stub: Any) -> None:
    where = urn("Service", "s")
    inputs = encode({"name": "s", "protocol": "http", "host": "a.example"})

    checked = stub.Check(provider_pb2.CheckRequest(urn=where, news=inputs))
    planned = stub.Create(provider_pb2.CreateRequest(urn=where, properties=checked.inputs, preview=True))

    assert not checked.failures
    assert planned.id
    assert planned.properties["retries"] == 5


def test_a_message_of_many_megabytes_is_taken(stub: Any) -> None:
    inputs = encode({"name": "pre-function", "configJson": json.dumps({"access": ["-- " + "x" * (8 << 20)]})})

    response = stub.Check(provider_pb2.CheckRequest(urn=urn("Plugin", "big"), news=inputs))

    assert not response.failures


def test_its_schema_has_the_twelve_types(stub: Any) -> None:
    schema = json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    assert set(schema["resources"]) == {kind.token for kind in TYPES}
    assert "hosts" in schema["resources"]["kong:index/route:Route"]["inputProperties"]
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == schema["version"]


def test_every_property_of_pulumi_kong_is_one_of_ours() -> None:
    """The SDK's own metadata says which properties its classes have."""
    schema = json.loads(package_schema())
    for token, resource in schema["resources"].items():
        args = getattr(pulumi_kong, f"{token.rsplit(':', 1)[1]}Args")
        wanted = {name for name in _pulumi_names(args) if name != "strictMatch"}
        assert wanted <= resource["inputProperties"].keys(), token


def _pulumi_names(args: type) -> set[str]:
    properties = [each for each in vars(args).values() if isinstance(each, property)]
    return {getattr(each.fget, "_pulumi_name", each.fget.__name__) for each in properties if each.fget}


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        ("Invoke", provider_pb2.InvokeRequest(tok="kong:index/x:x")),
        ("Call", provider_pb2.CallRequest(tok="x")),
        ("Construct", provider_pb2.ConstructRequest(type="x")),
        ("Parameterize", provider_pb2.ParameterizeRequest()),
    ],
)
def test_what_it_has_not_is_unimplemented(stub: Any, call: str, request_: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        getattr(stub, call)(request_)

    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert "it has no" in str(caught.value.details())


def test_another_type_is_refused_with_those_there_are(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Check(provider_pb2.CheckRequest(urn=urn("Vault", "v"), news=encode({})))

    assert "kong:index/service:Service" in str(caught.value.details())


def test_another_admin_address_updates_the_provider_and_replaces_nothing(stub: Any) -> None:
    response = stub.DiffConfig(
        provider_pb2.DiffRequest(
            old_inputs=encode({"kongAdminUri": "http://a:8001"}), news=encode({"kongAdminUri": "http://b:8001"})
        )
    )

    assert response.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert not response.replaces
    assert list(response.diffs) == ["kongAdminUri"]


def test_the_engine_starts_it_with_the_projects_environment() -> None:
    plugin = yaml.safe_load((PROVIDER / "PulumiPlugin.yaml").read_text())

    assert plugin == {"runtime": {"name": "python", "options": {"virtualenv": "../.venv"}}}
