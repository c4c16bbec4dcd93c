"""Mutation runs: the risky code is changed in one place after another; tests must notice."""
