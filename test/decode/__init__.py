"""The fast path and the plain one give one verdict on any bytes; depth and kinds of pings."""
