"""`python -m gateway lint`: what the rules of `entities/lint` find in the stacks."""
