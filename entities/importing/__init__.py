"""From what a Kong holds, wherever it was read, to the settings of a stack that says the same."""
