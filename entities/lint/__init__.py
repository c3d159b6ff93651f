"""What Kong accepts and is wrong nevertheless: named rules over a stack's settings and what they come to."""

from entities.lint.acceptance import ACCEPTANCE_UNUSED, Linted, acceptance_problems, lint
from entities.lint.catalogue import RULES
from entities.lint.rule import Finding, Flaw, Rule

__all__ = ["ACCEPTANCE_UNUSED", "RULES", "Finding", "Flaw", "Linted", "Rule", "acceptance_problems", "lint"]
