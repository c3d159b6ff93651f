"""Authentication at the gateway's edge, in Kong's terms."""

from entities.auth.guard import SUBJECT_HEADER, Guard

__all__ = ["SUBJECT_HEADER", "Guard"]
