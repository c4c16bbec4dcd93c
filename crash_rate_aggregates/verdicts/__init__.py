"""What the counts mean: pure functions over small arrays, by docs/statistics.md."""
