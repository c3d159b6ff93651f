"""What Kong 3.9 accepts and what it makes of it: its schema language and the facts of its schemas."""

from entities.schema.compare import Difference
from entities.schema.document import UNKNOWN
from entities.schema.kong import KongSchema, kong_schema
from entities.schema.violations import Violation, refusal

__all__ = ["UNKNOWN", "Difference", "KongSchema", "Violation", "kong_schema", "refusal"]
