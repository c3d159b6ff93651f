"""The loopback: entities of Kong's own that lead back to its Admin API and to Kong Manager.

They are written before Kong starts and belong to an owner of their own, so that the provider, which leaves alone what
somebody else owns, can neither change nor delete the way by which it comes.
"""

from entities.administration.entrances import Credential, Seed, administrator, is_loopbacks, seed
from entities.administration.problems import loopback_problems

__all__ = ["Credential", "Seed", "administrator", "is_loopbacks", "loopback_problems", "seed"]
