"""Measurements that take long; each writes its section of docs/benchmarks.md."""
