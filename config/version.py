"""The version of this project, in one place. CHANGELOG.md says what each brought."""

from typing import Final

VERSION: Final = "0.1.0"
"""A semantic version (semver.org) of what `omnify_gateway` offers other programs. Before 1.0 a minor version may change
that; a patch never does."""
