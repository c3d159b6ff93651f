"""`python -m documentation`: build the site."""

import sys

from documentation.site import build

sys.exit(build())
