"""Measure the program beside what a user would pick instead: `make benchmark`, docs/benchmarks.md."""
