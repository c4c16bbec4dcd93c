"""Buckets behind a proxy that breaks, delays and refuses: exact bytes, or one sentence."""
