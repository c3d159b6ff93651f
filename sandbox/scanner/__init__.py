"""The manifests of a stack under kube-score: what it finds, and what of it stays for a reason."""
