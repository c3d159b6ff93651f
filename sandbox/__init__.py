"""The rehearsal: a real Kubernetes control plane and a stand-in for Kong, on this machine alone."""
