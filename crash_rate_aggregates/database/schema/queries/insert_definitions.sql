INSERT INTO crash_aggregates_definitions (number, sha256, program_version, views, functions)
VALUES (%(number)s, %(sha256)s, %(program_version)s, %(views)s, %(functions)s)
