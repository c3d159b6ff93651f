"""A stand-in for Kong Gateway 3.9.1: what it is and what it leaves out is in README.md."""
