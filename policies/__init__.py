"""What every stack must keep, whoever wrote it: judged over the resources that a program registers.

The rules are pure. They run in the engine, as a policy pack (`pulumi preview --policy-pack policies`), and without it,
in `python -m gateway validate --policies`.
"""

from policies.catalogue import POLICIES, violations
from policies.policy import Policy, Violation
from policies.subject import Resource, Subject

__all__ = ["POLICIES", "Policy", "Resource", "Subject", "Violation", "violations"]
