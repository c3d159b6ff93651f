"""The Temporal namespace: made, and brought to what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.service import RPCError, RPCStatusCode

from omnify_temporal.client import Temporal
from omnify_temporal.errors import StepError

_TYPES: Mapping[str, IndexedValueType.ValueType] = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    "Text": IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    "Double": IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}
_NAMES = {value: name for name, value in _TYPES.items()}


@dataclass(frozen=True)
class Wanted:
    """What a namespace should be."""

    retention_days: int
    attributes: Mapping[str, str]
    """The types of its search attributes, by their names."""


async def ensure_namespace(temporal: Temporal, wanted: Wanted) -> str:
    """Make the namespace what is wanted; says what was done.

    Raises:
        StepError: a search attribute has another type, which nothing can change.
    """
    done = [await _retained(temporal, wanted.retention_days)]
    done += await _searchable(temporal, wanted.attributes)
    return "; ".join(done)


async def _retained(temporal: Temporal, days: int) -> str:
    retention = Duration()
    retention.FromTimedelta(timedelta(days=days))
    service, name = temporal.client.workflow_service, temporal.namespace
    try:
        request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=retention)
        await service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise StepError(f"namespace {name}: {error.message}") from error
    else:
        return f"namespace {name} made, with a retention of {days} days"
    found = await service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    if found.config.workflow_execution_retention_ttl == retention:
        return f"namespace {name} is there"
    config = NamespaceConfig(workflow_execution_retention_ttl=retention)
    await service.update_namespace(UpdateNamespaceRequest(namespace=name, config=config))
    return f"namespace {name} has a retention of {days} days now"


async def _searchable(temporal: Temporal, wanted: Mapping[str, str]) -> list[str]:
    missing = await _missing(temporal, wanted)
    if not missing:
        return []
    request = AddSearchAttributesRequest(
        namespace=temporal.namespace, search_attributes={name: _TYPES[missing[name]] for name in missing}
    )

    async def added() -> bool | None:
        await temporal.client.operator_service.add_search_attributes(request)
        return True

    # Temporal's services hear of a new namespace after some seconds.
    await temporal.until(added, f"namespace {temporal.namespace} at every frontend")
    return [f"search attribute {name}: {type_}" for name, type_ in sorted(missing.items())]


async def _missing(temporal: Temporal, wanted: Mapping[str, str]) -> Mapping[str, str]:
    async def listed() -> Mapping[str, IndexedValueType.ValueType] | None:
        request = ListSearchAttributesRequest(namespace=temporal.namespace)
        return dict((await temporal.client.operator_service.list_search_attributes(request)).custom_attributes)

    there = await temporal.until(listed, f"namespace {temporal.namespace} at every frontend")
    for name, type_ in wanted.items():
        if name in there and there[name] != _TYPES[type_]:
            raise StepError(
                f"executions.searchAttributes.{name}: is {_NAMES.get(there[name], 'of another type')} in Temporal, "
                f"where a type cannot change; write that, or another name for {type_}"
            )
    return {name: type_ for name, type_ in wanted.items() if name not in there}
