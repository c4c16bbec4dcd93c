-- What the day's usage pings call each build: what most of them say, of equally many the first by text.
-- A nightly has two builds a day and one name, so it goes by the date of its build.
CREATE TEMP {kept} own_labels AS
WITH said AS (
    SELECT
        coalesce(application, 'unknown') AS application,
        channel,
        build_id,
        CASE
            WHEN right(build_version, 2) IN ('a1', 'a2') THEN concat(
                build_version, ' ',
                substr(build_id, 1, 4), '-', substr(build_id, 5, 2), '-', substr(build_id, 7, 2)
            )
            ELSE display_version
        END AS label
    FROM winners
    WHERE doc_type <> 'crash' AND build_id IS NOT NULL
),

counted AS (
    SELECT application, channel, build_id, label, count(*) AS pings
    FROM said
    WHERE label IS NOT NULL
    GROUP BY application, channel, build_id, label
),

ranked AS (
    SELECT
        application,
        channel,
        build_id,
        label,
        pings,
        row_number() OVER (
            PARTITION BY application, channel, build_id ORDER BY pings DESC, label
        ) AS place
    FROM counted
)

SELECT application, channel, build_id, label, pings FROM ranked WHERE place = 1
