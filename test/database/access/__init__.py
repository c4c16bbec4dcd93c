"""Connecting: credentials, secret stores, refused passwords; no secret is ever shown."""
