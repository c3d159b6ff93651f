"""`python -m gateway contract`: docs/outputs.md, whose table is that of the models."""

import sys
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from typing_extensions import TypeIs

from components.outputs import CONTRACT_VERSION, GatewayOutputs

_WORDS: Mapping[object, str] = {str: "text", int: "number", bool: "true or false", NoneType: "null"}


def contract_command() -> None:
    """Print what a stack exports for others, field by field (docs/outputs.md)."""
    sys.stdout.write(contract())


def contract() -> str:
    """The contract as a document."""
    rows = "".join(f"| `{path}` | {type_} | {text} |\n" for path, type_, text in fields(GatewayOutputs))
    return f"{_INTRODUCTION}{rows}"


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Path, type and meaning of each field, and of those of its parts; a list's parts come after `[]`."""
    for name, field in model.model_fields.items():
        path, kind = f"{prefix}{field.alias or name}", field.annotation
        part = next((each for each in (kind, *get_args(kind)) if _is_model(each)), None)
        if part is not kind or part is None:
            yield path, _type(kind), (field.description or "").replace("\n", " ")
        if part is not None:
            yield from fields(part, f"{path}[]." if get_origin(kind) is tuple else f"{path}.")


def _is_model(annotation: Any) -> TypeIs[type[BaseModel]]:  # noqa: ANN401 (a type)
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _type(annotation: Any) -> str:  # noqa: ANN401 (a type)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return "list" if _is_model(arguments[0]) else f"list of {_type(arguments[0])}s"
    if origin is UnionType:
        return " or ".join(_type(argument) for argument in arguments)
    return _WORDS.get(annotation, "mapping")


_INTRODUCTION = f"""# The outputs of a gateway's stack
A stack of omnify-gateway has one output, `gateway`. It is a contract with other stacks: typed, versioned, and free of
secrets. `pulumi stack output gateway --json` prints it; `python -m gateway contract` prints this page.

## Read it in Python
```python
from omnify_gateway import GatewayOutputs

gateway = GatewayOutputs.from_stack("org/omnify-gateway/prod")
pulumi.export("api", f"{{gateway.urls.gateway}}/api/reports/")
```
`from_stack` gives plain values, in previews too: they can name resources, choose how many there are, and be the
address of a provider. A program without the package copies [`components/outputs.py`](../components/outputs.py), which
needs pydantic 2.12 and Pulumi alone.

With the package a stack registers APIs of its own on the gateway: the program in
[`examples/consumer/`](../examples/consumer/README.md) does.

## Read it elsewhere
Field names are camelCase, as below. Compare `contract` first.
```typescript
const gateway = await new pulumi.StackReference("org/omnify-gateway/prod").getOutputValue("gateway");
if (gateway.contract !== "{CONTRACT_VERSION}") throw new Error(`contract ${{gateway.contract}}`);
```

## What may change
- A field goes, or means something else: `contract` becomes another, and readers refuse it. The changelog says what to
  do, and the package's version changes as [semantic versions](package.md) do.
- A field comes: `contract` stays, and older readers pass it over.
- A reader that knows more than a stack exports says which field is missing, and which version deployed that stack:
  ```
  error: stack 'org/omnify-gateway/prod' lacks gateway.counters.policy; it was deployed by omnify-gateway 0.1.0: deploy
  it with the version that this reader is of or a newer one, or read it with a reader of its version
  ```

## Contract {CONTRACT_VERSION}
| Field | Type | What it is |
|---|---|---|
"""
