"""docs/settings.md has every setting as the models have it, and says of each what it comes to."""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

import pytest
from pydantic import BaseModel, TypeAdapter
from typer.testing import CliRunner

from config.effects import EFFECTS
from config.files import NAMESPACE
from config.reference import Setting, parts
from config.schema import stack_schema
from config.stack import StackSettings
from entities.schema import kong_schema
from gateway.commands import app
from gateway.recording import record
from gateway.reference import anchor, reference
from gateway.stacks import stack_document

ROOT = Path(__file__).parents[3]
PARTS = tuple(parts())
SETTINGS = {setting.path: setting for part in PARTS for setting in part.settings}
SECTIONS = {part.title for part in PARTS if part.section}


def test_the_page_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(app, ["settings"])

    assert (ROOT / "docs" / "settings.md").read_text() == printed.stdout == reference(), "make generate"


def test_every_field_of_every_model_is_on_the_page() -> None:
    """Of the models themselves, not of their schema: each key is the last step of some path."""
    steps = {step.removesuffix("[]") for path in SETTINGS for step in path.split(".")}
    tags = {"kind", "by", "policy", "access", "type"}

    assert {alias for model in _models(StackSettings) for alias in _aliases(model)} - steps <= tags


def test_every_setting_says_what_it_is_and_takes() -> None:
    assert [path for path, setting in SETTINGS.items() if not setting.meaning.endswith(".")] == []
    assert [path for path, setting in SETTINGS.items() if not setting.type] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("platform.replicas", ("pods, 1 to 100, such as `3`", False, "1", False)),
        ("platform.autoscaling.cpuPercent", ("whole number, 1 to 100; or `null`", False, "70", False)),
        ("platform.resources", ("mapping", False, None, True)),
        ("platform.resources.limits", ("mapping", False, '{ cpu: "1", memory: 1Gi }', False)),
        ("platform.resources.limits.cpu", ("CPU quantity, such as `500m`", True, None, False)),
        ("database", ("mapping, by its `kind`", False, "{ kind: bundled }", False)),
        ("network.ingressFrom", ("list of mappings", False, "[{ namespace: ingress-nginx }]", False)),
        ("apis[].routes[].paths", ("list of: path prefix, such as `/api/orders/`", True, None, False)),
        ("observability.dashboards.labels", ("mapping of names to texts", False, '{ grafana_dashboard: "1" }', False)),
        ("vault", ("mapping of names to mappings", False, None, False)),
        ("tiers[].fairness", ("`tier` or `subject`", False, "subject", False)),
    ],
)
def test_a_setting_is_described(path: str, expected: tuple[str, bool, str | None, bool]) -> None:
    setting: Setting = SETTINGS[path]

    assert (setting.type, setting.needed, setting.default, setting.below) == expected


def test_kinds_of_a_section_have_their_own_settings() -> None:
    by_title = {part.title: {setting.path for setting in part.settings} for part in PARTS}

    assert "counters.host" in by_title["counters, policy: redis, kind: external"]
    assert "counters.memory" in by_title["counters, policy: redis, kind: bundled"]
    assert by_title["counters, policy: local"] == set()
    assert "ingress.tls.issuer.name" in by_title["ingress.tls, by: cert-manager"]


def test_every_example_is_what_its_setting_takes() -> None:
    """Wherever a type has an example, it is accepted by that very type."""
    examples = 0
    hints = [hint for model in _models(StackSettings) for hint in get_type_hints(model, include_extras=True).values()]
    while hints:
        hint = hints.pop()
        hints += get_args(hint)
        for facts in getattr(hint, "__metadata__", ()):
            for example in getattr(facts, "examples", None) or ():
                examples += 1
                TypeAdapter(hint).validate_python(example)

    assert examples > 50


def test_headings_are_one_each_and_the_list_of_sections_leads_to_them() -> None:
    page = reference()
    headings = [anchor(heading) for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE)]
    assert len(set(headings)) == len(headings)
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) == {anchor(title) for title in SECTIONS}


def test_effects_are_of_settings_that_there_are_and_of_every_section() -> None:
    assert set(EFFECTS) <= SETTINGS.keys() | SECTIONS
    assert {path.split(".")[0].removesuffix("[]") for path in EFFECTS} == SECTIONS


def test_effects_name_plugins_of_kong() -> None:
    """What is said of every request is a plugin, by Kong's own name."""
    everywhere = set(re.findall(r"Kong: `([a-z-]+)` for every request", " ".join(EFFECTS.values())))

    assert {"request-size-limiting", "cors", "file-log"} <= everywhere <= kong_schema().plugin_names


CHANGES: Mapping[str, Any] = {
    "platform.image": "kong:3.9.0",
    "platform.resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}},
    "platform.cacheSize": "128Mi",
    "platform.drainSeconds": 21,
    "platform.autoscaling": {"minReplicas": 4, "maxReplicas": 9},
    "platform.disruptionBudget": {"minAvailable": 1},
    "platform.scheduling.spread": "required",
    "platform.podAnnotations": {"mesh": "yes"},
    "platform.logLevel": "warn",
    "limits": {"minute": 1, "hour": 2, "day": 3},
    "backends": {"omnify-api": "http://other.shop.svc:81"},
    "traffic.maxBody": 3,
    "network.trustedProxies": ["10.0.0.0/8"],
    "network.egress": [{"to": {"cidr": "10.20.0.0/16"}, "ports": [9200]}],
    "cors": {"origins": ["https://other.example"]},
    "observability.accessLog": False,
    "observability.prometheus": None,
    "observability.scrape": {"by": "service-monitor"},
}
"""Changes of the stack prod."""


@pytest.fixture(scope="module")
def before() -> Mapping[str, str]:
    return _objects(stack_document("prod"))


@pytest.mark.parametrize("path", CHANGES)
def test_an_effect_names_every_kind_of_object_that_a_change_reaches(path: str, before: Mapping[str, str]) -> None:
    document = copy.deepcopy(dict(stack_document("prod")))
    section: Any = document
    *outer, last = path.split(".")
    for step in outer:
        section = section.setdefault(step, {})
    section[last] = CHANGES[path]
    after = _objects(document)

    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    said = " ".join(text for key, text in EFFECTS.items() if path == key or path.startswith(f"{key}."))
    assert changed
    assert {_noun(name) for name in changed if not _is_said(name, said)} == set(), said


def _is_said(name: str, said: str) -> bool:
    rolls = _noun(name) == "Deployment" and "KONG_" in said
    service = _noun(name) == "Service" and "service" in said
    return rolls or service or f"`{_noun(name)}`" in said


def _noun(name: str) -> str:
    """What one calls an object: its kind, or for a plugin its name."""
    kind, _, own = name.partition(" ")
    return own.rpartition("/")[2] if kind == "Plugin" else kind


def _objects(document: Mapping[str, Any]) -> Mapping[str, str]:
    registered = record(document, "prod", preview=True).registrations
    return {f"{each.type.rpartition(':')[2]} {each.name}": repr(each.properties) for each in registered if each.custom}


def _aliases(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _models(root: type[BaseModel]) -> set[type[BaseModel]]:
    """Every model that a settings model is made of, as its schema names them."""
    wanted = {*cast("dict[str, Any]", stack_schema()["$defs"]), root.__name__}
    found, left = set[type[BaseModel]](), list(BaseModel.__subclasses__())
    while left:
        model = left.pop()
        left += model.__subclasses__()
        if model.__name__ in wanted and model.__module__.startswith("config."):
            found.add(model)
    return found


def test_keys_stand_under_the_projects_name() -> None:
    assert f"`{NAMESPACE}:` before them" in reference()
