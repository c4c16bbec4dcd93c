"""Watch over a channel's rates and hours: each evening, what is not as it was, and since when."""
