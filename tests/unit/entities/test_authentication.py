"""Each kind of authentication as plugins: the values of DESIGN.md, section 6, that are not Kong's defaults."""

from tests.unit.config.documents import ABSENT, put
from tests.unit.entities.states import ISSUER, api, authenticated_by, configurations, desired, documents, route

GUARDED = ("omnify-api-all", "omnify-agentkit", "omnify-eyes")


def chosen(config: dict[str, object], *names: str) -> dict[str, object]:
    return {name: config[name] for name in names}


def test_jwt_finds_the_tiers_credential_and_reads_the_one_header_that_the_guard_read() -> None:
    found = configurations(desired())

    for name in GUARDED:
        assert found[f"route/{name}/jwt"] == {
            "key_claim_name": "tier",
            "claims_to_verify": ["exp"],
            "header_names": ["authorization"],
            "uri_param_names": [],
            "cookie_names": [],
            "run_on_preflight": True,
            "anonymous": None,
            "secret_is_base64": False,
            "maximum_expiration": 0,
            "realm": None,
        }


def test_the_guard_stands_before_jwt_wherever_jwt_stands() -> None:
    private = api("billing", route("invoices", groups=["pro"]))

    scopes = {
        name: {str(plugin.scope) for plugin in desired(private).plugins if plugin.name == name}
        for name in ("jwt", "pre-function")
    }

    assert scopes["jwt"] == {*(f"route/{name}" for name in GUARDED), "service/billing"}
    assert scopes["pre-function"] == scopes["jwt"] | {"global"}


def guard_of(*edits: object) -> str:
    config = configurations(desired(*edits))["route/omnify-eyes/pre-function"]  # pyright: ignore[reportArgumentType] (edits)
    (function,) = config["access"]
    assert [config[phase] for phase in ("certificate", "rewrite", "header_filter", "body_filter", "log")] == [[]] * 5
    return function


def test_the_guard_knows_the_realm_and_the_tiers() -> None:
    lua = guard_of(put("auth.tierClaim", "plan"))

    assert 'issuer = "http://keycloak.omnify.local/realms/omnify",' in lua
    assert 'audience = "omnify-api",' in lua
    assert 'tier_claim = "plan",' in lua
    assert 'tiers = { ["free"] = true, ["pro"] = true, ["enterprise"] = true },' in lua


def test_the_tier_claim_is_the_one_that_jwt_looks_up() -> None:
    found = configurations(desired(put("auth.tierClaim", "plan")))

    assert found["route/omnify-eyes/jwt"]["key_claim_name"] == "plan"


def test_the_guard_lets_preflights_pass_only_where_the_cors_plugin_answers_them() -> None:
    assert "preflight = true," in guard_of()
    assert "preflight = false," in guard_of(put("cors", ABSENT))


def test_the_gate_lets_nobody_pass_on_a_route_that_is_neither_guarded_nor_public() -> None:
    (function,) = configurations(desired())["global/pre-function"]["access"]

    assert 'local public = { ["omnify-auth"] = true, ["omnify-health"] = true }' in function
    assert "global/pre-function" not in configurations(desired(put("auth.unguardedRoutes", "pass")))


def test_openid_connect_takes_bearer_tokens_of_one_realm_for_one_audience_and_its_tiers() -> None:
    state = desired(*authenticated_by("openid-connect", tierClaim="plan"))

    for name in GUARDED:
        assert chosen(
            configurations(state)[f"route/{name}/openid-connect"],
            *("issuer", "issuers_allowed", "audience_required", "auth_methods", "bearer_token_param_type"),
            *("ssl_verify", "consumer_claim", "consumer_by", "consumer_optional", "run_on_preflight", "anonymous"),
            *("upstream_headers_claims", "upstream_headers_names"),
        ) == {
            "issuer": ISSUER,
            "issuers_allowed": [ISSUER],
            "audience_required": ["omnify-api"],
            "auth_methods": ["bearer"],
            "bearer_token_param_type": ["header"],
            "ssl_verify": True,
            "consumer_claim": ["plan"],
            "consumer_by": ["custom_id"],
            "consumer_optional": False,
            "run_on_preflight": True,
            "anonymous": None,
            "upstream_headers_claims": ["sub"],
            "upstream_headers_names": ["TokenSubject"],
        }


def test_openid_connect_needs_no_credentials_and_no_guard() -> None:
    state = desired(*authenticated_by("openid-connect"))

    assert documents(state, "jwt_secrets") == {}
    assert {plugin.name for plugin in state.plugins} & {"jwt", "pre-function", "oidc"} == set()
    assert documents(state, "consumers").keys() == {"free", "pro", "enterprise"}
    assert configurations(state)["consumer/pro/rate-limiting"]["header_name"] == "TokenSubject"


def test_oidc_takes_bearer_tokens_alone_and_the_groups_from_a_claim() -> None:
    state = desired(*authenticated_by("oidc", groupsClaim="roles"))

    for name in GUARDED:
        assert chosen(
            configurations(state)[f"route/{name}/oidc"],
            *("discovery", "bearer_only", "unauth_action", "ssl_verify", "use_jwks", "bearer_jwt_auth_enable"),
            *("bearer_jwt_auth_allowed_auds", "bearer_jwt_auth_signing_algs", "groups_claim"),
        ) == {
            "discovery": f"{ISSUER}/.well-known/openid-configuration",
            "bearer_only": "yes",
            "unauth_action": "deny",
            "ssl_verify": "yes",
            "use_jwks": "yes",
            "bearer_jwt_auth_enable": "yes",
            "bearer_jwt_auth_allowed_auds": ["omnify-api"],
            "bearer_jwt_auth_signing_algs": ["RS256"],
            "groups_claim": "roles",
        }
    assert documents(state, "jwt_secrets") == {}


def test_where_tokens_pick_no_consumer_the_groups_of_the_token_count() -> None:
    acl = configurations(desired(*authenticated_by("oidc")))["route/omnify-eyes/acl"]

    assert acl["always_use_authenticated_groups"] is True
    assert acl["allow"] == ["enterprise", "pro"]


def test_authentication_never_stands_on_everything() -> None:
    for edits in ([], authenticated_by("openid-connect"), authenticated_by("oidc")):
        names = {str(plugin.fields()["name"]) for plugin in desired(*edits).global_plugins}
        assert names & {"jwt", "openid-connect", "oidc", "acl", "key-auth"} == set()
