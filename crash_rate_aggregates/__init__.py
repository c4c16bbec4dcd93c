"""Crash rates from Telemetry pings: one day of pings into one PostgreSQL table.

The folder tree shows the flow of a ping: `sources` reads it, `decode` and `normalize` judge it,
`engines` dedupe and group, `database` replaces the day; `cli` is what a person types.
"""

__version__ = "0.1.0"
