"""Policies behind Pulumi's own interface (pulumi-policy)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from components.configuration import stack_document
from entities.schema.document import UNKNOWN
from entities.secret import NAMESPACE as SECRETS
from entities.secret import configured_secrets, secret_reference
from entities.validation import validated
from policies.catalogue import POLICIES
from policies.policy import Policy, Violation
from policies.subject import Resource, Subject


def serve() -> None:
    """Answer the engine until it ends. What breaks a policy stops the update."""
    PolicyPack(
        name="omnify-gateway",
        enforcement_level=EnforcementLevel.MANDATORY,
        policies=[_validation(policy) for policy in POLICIES],
    )


def _validation(policy: Policy) -> StackValidationPolicy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        subject = _subject(args.resources)
        urns = {resource.urn for resource in subject.resources}
        for broken in policy.broken(subject):
            report(str(Violation(policy, broken)), broken.urn if broken.urn in urns else None)

    return StackValidationPolicy(name=policy.name, description=f"{policy.summary} {policy.why}", validate=validate)


def _subject(resources: Sequence[PolicyResource]) -> Subject:
    settings = validated(stack_document())
    config = pulumi.Config(SECRETS)
    values = {config.get(name): secret_reference(name) for name in configured_secrets(settings.model_dump(mode="json"))}
    secrets = {value: reference for value, reference in values.items() if value}
    return Subject(
        settings,
        tuple(
            Resource(
                each.urn,
                each.resource_type,
                each.name,
                cast("Mapping[str, Any]", _plain(each.props, secrets)),
                tuple(dependency.urn for dependency in each.dependencies),
            )
            for each in resources
        ),
    )


def _plain(value: Any, secrets: Mapping[str, str]) -> Any:  # noqa: ANN401 (JSON)
    """What the engine hands over, with `UNKNOWN` for what it does not know yet, and references for secrets."""
    if isinstance(value, Mapping):
        whole = cast("Mapping[str, Any]", value)
        return {key: _known(whole, key, secrets) for key in whole}
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = cast("Sequence[Any]", value)
        return [_known(items, index, secrets) for index in range(len(items))]
    if isinstance(value, str):
        for secret, reference in secrets.items():
            value = value.replace(secret, reference)
    return value


def _known(whole: Any, key: Any, secrets: Mapping[str, str]) -> Any:  # noqa: ANN401 (JSON)
    try:
        value = whole[key]
    except UnknownValueError:
        return UNKNOWN
    return _plain(value, secrets)
