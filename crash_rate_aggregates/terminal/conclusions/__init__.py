"""What is concluded, as people read it: verdicts, explanations, comparisons, assessments."""
