"""Names that follow from content, for what pods mount and for what never changes in place.

A change makes a new object, so pods roll; the name is the same in a preview, under mocks and when rendered.
"""

import hashlib
import json


def named_by_content(name: str, *content: object) -> str:
    """The name, followed by ten digits of the content's hash."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{name}-{digest[:10]}"
