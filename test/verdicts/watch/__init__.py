"""Tests of `crash_rate_aggregates.verdicts.watch`."""
