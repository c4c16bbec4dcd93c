"""Tables, partitions, roles and retention; databases of older versions are carried over."""
