"""Writers of pings in every format, by which the readers are held."""
