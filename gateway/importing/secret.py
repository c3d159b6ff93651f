"""One value of a file of secrets on standard output, for a pipe: `python -m gateway.importing.secret FILE NAME`."""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    file, name = sys.argv[1:]
    sys.stdout.write(json.loads(Path(file).read_text("utf-8"))[name])
