"""The management API: looks at a gateway, and changes it through its stack's configuration."""
