"""Which stacks a change of files touches."""

import pytest

from gateway.pull_requests.touched import touched

KNOWN = {
    "dev": "jwksFile: keys/dev.jwks.json",
    "prod": "jwksFile: keys/prod.jwks.json",
    "staging": "jwksFile: keys/prod.jwks.json",
}
ALL = ("dev", "prod", "staging")


@pytest.mark.parametrize(
    ("files", "stacks"),
    [
        ([], ()),
        (["Pulumi.dev.yaml"], ("dev",)),
        (["Pulumi.dev.yaml", "Pulumi.prod.yaml", "README.md"], ("dev", "prod")),
        (["Pulumi.yaml"], ALL),
        (["Pulumi.unknown.yaml"], ALL),
        (["keys/prod.jwks.json"], ("prod", "staging")),
        (["entities/auth/guard.lua"], ALL),
        (["provider/server.py"], ALL),
        (["requirements.txt"], ALL),
        (["monitoring/rules/gateway.yaml"], ALL),
        (["docs/alerts.md", "README.md", "config/README.md"], ()),
        (["tests/unit/test_it.py", "benchmarks/scale.py", "sandbox/kong/store.py"], ()),
        ([".github/workflows/deploy.yml", "examples/consumer/__main__.py"], ()),
        (["Makefile", "documentation/site.py", "mkdocs.yml", "requirements-dev.txt", ".vscode/settings.json"], ()),
        # Programs of their own: a stack names the image that runs them.
        (["management/application.py", "workflows/__main__.py"], ()),
        (["monitoring/tests/kong.yaml"], ()),
        (["something/new.py"], ALL),
    ],
)
def test_a_stack_file_touches_its_stack_and_the_program_all(files: list[str], stacks: tuple[str, ...]) -> None:
    assert touched(files, KNOWN) == stacks
