"""Made-up worlds in which the right answer is known, and how often the verdicts find it."""
