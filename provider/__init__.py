"""The project's own Kong provider: Pulumi's resource provider protocol in front of Kong's Admin API."""
