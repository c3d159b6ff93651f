"""The repository's own program as another project has it."""

import re

from tests.distribution.environment import ROOT


def program_of_the_package() -> str:
    """`__main__.py` with its imports changed to the package's, as docs/package.md says."""
    own = (ROOT / "__main__.py").read_text()
    return re.sub(
        r"^from (?:components|config|entities)[.\w]* import",
        "from omnify_gateway.platform import",
        own,
        flags=re.MULTILINE,
    )
