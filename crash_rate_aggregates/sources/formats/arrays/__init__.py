"""One array of pings in a file, as `bq query --format=json` prints rows."""
