"""The entities that a stack file says in Kong's own terms."""

from entities.raw.reading import raw_entities, raw_problems

__all__ = ["raw_entities", "raw_problems"]
