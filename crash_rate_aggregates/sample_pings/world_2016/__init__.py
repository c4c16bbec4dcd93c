"""The pings of 2016 and 2017: v4 main and crash pings with the server's `meta`."""
