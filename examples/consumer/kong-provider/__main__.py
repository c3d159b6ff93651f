"""Kong's provider, out of the package omnify-gateway in this program's environment."""

import sys

from omnify_gateway.kong_provider import run

run(sys.argv[1:])
