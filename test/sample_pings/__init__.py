"""Made pings: the same by the same seed, with the shares and the dirt that they state."""
