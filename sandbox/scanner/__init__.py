"""kube-score, which looks over the manifests of a stack; `go.mod` beside this file pins it."""

from pathlib import Path

from sandbox.cluster.build import GoProgram

SCANNER = GoProgram("kube-score", Path(__file__).parent, "github.com/zegl/kube-score/cmd/kube-score")
