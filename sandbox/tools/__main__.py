"""`python -m sandbox.tools`: build what is missing of the tools into the cache, and print their paths."""

import sys

from sandbox.cluster.build import BuildError, build
from sandbox.tools import ACTIONLINT, KUBE_SCORE

if __name__ == "__main__":
    try:
        for program in (ACTIONLINT, KUBE_SCORE):
            sys.stdout.write(f"{build(program=program)}\n")
    except BuildError as error:
        sys.exit(str(error))
