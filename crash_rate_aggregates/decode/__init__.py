"""From the bytes of one ping to its verdict: a plain path, and a fast one that agrees with it."""
