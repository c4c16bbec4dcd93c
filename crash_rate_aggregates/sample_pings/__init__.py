"""Synthetic pings to try the program with: calibrated to what was published, made by seed.

No ping and no text in them is copied from a real client.
"""
