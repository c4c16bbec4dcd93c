"""The benchmarks reckon, copy and write their pages as they say they do."""
