"""What a stored day means: reads the arrays, runs the verdicts, stores what they say."""
