"""Programs in Go that the checks use; the Go module beside this file pins them."""

from pathlib import Path
from typing import Final

from sandbox.cluster.build import GoProgram

_MODULE: Final = Path(__file__).parent
ACTIONLINT: Final = GoProgram("actionlint", _MODULE, "github.com/rhysd/actionlint/cmd/actionlint")
"""Checks the workflows."""
KUBE_SCORE: Final = GoProgram("kube-score", _MODULE, "github.com/zegl/kube-score/cmd/kube-score")
"""Looks over the manifests of a stack."""
