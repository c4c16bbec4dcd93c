"""What the verdicts are computed from: stored sums as small arrays."""
