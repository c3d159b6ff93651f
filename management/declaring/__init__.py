"""What can be declared through the application, and what that is in the stack's file."""
