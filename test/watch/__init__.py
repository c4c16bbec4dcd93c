"""Notifications: what is due, how each channel words it, and real servers that take it."""
