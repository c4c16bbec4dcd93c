"""The command line: parse, call one function, print. Nothing is computed here."""

from crash_rate_aggregates.cli.entry import cli, main

__all__ = ["cli", "main"]
