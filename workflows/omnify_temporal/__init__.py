"""What an update of the stack asks of Temporal itself; Jobs run it in the workers' image."""
