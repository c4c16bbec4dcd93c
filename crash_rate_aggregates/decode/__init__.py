"""From the bytes of one ping to its verdict: a fast path, and a plain one that it must agree with."""
