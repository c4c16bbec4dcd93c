"""Places of pings: what is listed, what is refused, links, permissions, patterns."""
