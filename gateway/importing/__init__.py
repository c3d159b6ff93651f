"""`python -m gateway import`: what a Kong holds already, as the settings of a stack."""
