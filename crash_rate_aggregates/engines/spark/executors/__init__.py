"""What runs in Spark's executors, and what they send back."""
