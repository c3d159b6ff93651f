"""What applies a stack: a protocol, and Pulumi's Automation API behind it. The sandbox's engine is in sandbox/."""
