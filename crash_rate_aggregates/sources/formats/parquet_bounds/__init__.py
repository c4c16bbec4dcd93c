"""How much of a Parquet file may be held: its encodings write a gigabyte in some bytes."""
