"""`python -m gateway diff`: what a commit changes, told from two commits, with nothing to reach."""
