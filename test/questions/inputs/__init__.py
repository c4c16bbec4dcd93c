"""Stored sums as arrays, beside what they were made from."""
