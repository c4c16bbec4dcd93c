WITH by_channel AS (
    DELETE FROM crash_aggregates_by_channel WHERE submission_date BETWEEN %(first)s AND %(last)s
),

by_build AS (
    DELETE FROM crash_aggregates_by_build WHERE submission_date BETWEEN %(first)s AND %(last)s
),

by_system AS (
    DELETE FROM crash_aggregates_by_system WHERE submission_date BETWEEN %(first)s AND %(last)s
)

DELETE FROM crash_aggregates_by_country WHERE submission_date BETWEEN %(first)s AND %(last)s
