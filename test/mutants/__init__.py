"""Mutation runs: the risky code is changed in one place after another, and tests must notice."""
