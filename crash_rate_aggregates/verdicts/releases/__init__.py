"""Whether a version crashes more than the one before it, judged anew on each day."""
