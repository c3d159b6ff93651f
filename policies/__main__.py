"""The policies as a pack for the engine: `pulumi preview --policy-pack policies`."""

import sys
from pathlib import Path

# The engine runs this folder as a script, which puts the folder, not the project, on the path.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

from policies.pack import serve  # noqa: E402 - needs the path above

if __name__ == "__main__":
    serve()
