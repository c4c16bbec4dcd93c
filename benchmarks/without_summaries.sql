-- The summaries as views over the table itself, under the same names in a schema of their own:
-- another way to compute them, to hold them against and to measure what they save.
CREATE SCHEMA without_summaries;

CREATE VIEW without_summaries.crash_aggregates_by_channel AS
SELECT
    crash_application(dimensions ->> 'application') AS application,
    crash_channel(dimensions ->> 'channel') AS channel,
    1::bigint AS aggregates,
    crash_aggregates.*
FROM crash_aggregates;

CREATE VIEW without_summaries.crash_aggregates_by_build AS
SELECT
    crash_application(dimensions ->> 'application') AS application,
    crash_channel(dimensions ->> 'channel') AS channel,
    dimensions ->> 'build_version' AS build_version,
    CASE
        WHEN crash_build_age(dimensions ->> 'build_id', activity_date) IS NOT NULL
        THEN dimensions ->> 'build_id'
    END AS build_id,
    crash_build_age(dimensions ->> 'build_id', activity_date) AS build_age,
    1::bigint AS aggregates,
    crash_aggregates.*
FROM crash_aggregates;

-- Days are told apart here, as each has a variation of its own.
CREATE VIEW without_summaries.crash_aggregates_by_system AS
SELECT
    submission_date,
    crash_application(dimensions ->> 'application') AS application,
    crash_channel(dimensions ->> 'channel') AS channel,
    dimensions ->> 'os_name' AS os_name,
    crash_os_version(dimensions ->> 'os_version') AS os_version,
    count(*) AS aggregates,
    sum(usage_hours) AS usage_hours,
    {sums}
FROM crash_aggregates
GROUP BY 1, 2, 3, 4, 5;

CREATE VIEW without_summaries.crash_aggregates_by_country AS
SELECT
    submission_date,
    crash_application(dimensions ->> 'application') AS application,
    crash_channel(dimensions ->> 'channel') AS channel,
    dimensions ->> 'country' AS country,
    dimensions ->> 'architecture' AS architecture,
    count(*) AS aggregates,
    sum(usage_hours) AS usage_hours,
    {sums}
FROM crash_aggregates
GROUP BY 1, 2, 3, 4, 5;
