"""What happens in pull requests: which stacks they touch, and what is said there of each."""
