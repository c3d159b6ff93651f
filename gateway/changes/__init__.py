"""What a change of a stack comes to: pure, from two desired states or from what the engine plans."""
