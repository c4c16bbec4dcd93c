"""Measure the program beside what others would pick: `make benchmark`, docs/benchmarks.md."""
