"""The pictures of the documentation, each from the real thing: the program, the desired state, a run, a comment."""
