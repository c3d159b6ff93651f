"""The rehearsal's Kubernetes control plane: the real one, built once, on loopback; see README.md."""
