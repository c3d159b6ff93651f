"""The site of the documentation: the pages of `docs/` with the README before them, their links, and their pictures."""
