"""Settings from flags, environment, files and defaults, in that order."""
