"""`python -m sandbox.scanner`: build kube-score into the cache, if it is not there, and print its path."""

import sys

from sandbox.cluster.build import BuildError, build
from sandbox.scanner import SCANNER

if __name__ == "__main__":
    try:
        sys.stdout.write(f"{build(program=SCANNER)}\n")
    except BuildError as error:
        sys.exit(str(error))
