"""This project's program without its Kubernetes objects: settings, desired state, tracked entities."""

import json
import os
from pathlib import Path

import pulumi
import pulumi_kong as kong

from components.tracked.entities import KongEntities
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated


def register() -> None:
    """Register what the settings of the file that `BENCH_SETTINGS` names come to."""
    settings = validated(json.loads(Path(os.environ["BENCH_SETTINGS"]).read_text()))
    state = desired_state(settings, Owner(pulumi.get_project(), pulumi.get_stack()))
    provider = kong.Provider("kong", kong_admin_uri=os.environ["BENCH_ADMIN_URL"])
    KongEntities("entities", state=state, provider=provider, ready=[])
