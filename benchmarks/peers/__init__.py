"""What a user would pick instead, each written from its documentation, end to end to sums."""
