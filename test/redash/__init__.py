"""What is pushed to Redash, by recorded answers of a real one, and the SQL that it then asks."""
