"""From what the stack files say to `WorkflowsSettings`, or to everything that is wrong with them at once."""

from pathlib import Path

from config.files import read_files
from config.reading import Document, read_as
from workflows.settings.rules import RULES
from workflows.settings.stack import PROJECT, WorkflowsSettings

FOLDER = Path(__file__).parents[1]
"""The folder of Pulumi.yaml and of the stack files."""


def read_settings(document: Document) -> WorkflowsSettings:
    """Read the configuration of a stack: one entry for each key under `omnify-workflows:`.

    Raises:
        InvalidSettingsError: something is wrong; it names everything that is.
    """
    return read_as(WorkflowsSettings, RULES, document).settings()


def stack_settings(stack: str) -> WorkflowsSettings:
    """The settings of a stack by its files. Raises as `read_settings` and `read_files` do."""
    return read_settings(read_files(FOLDER, stack, namespace=PROJECT))
