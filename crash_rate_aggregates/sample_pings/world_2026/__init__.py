"""The pings of 2026: v4 main pings and Glean crash pings, as GCP ingestion nests them.

Where a constant comes from stands beside it: [published] with the place; [rule] what Mozilla's
sources say; [chosen] a plain guess, where nothing was published.
"""
