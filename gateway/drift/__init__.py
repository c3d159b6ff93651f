"""`python -m gateway drift`: what of a live gateway is not as declared. Reads only."""
