-- Crash rates by class
-- Crashes of crash pings per 1,000 usage hours of an application's channel by class (out of memory, in a
-- background task, a hang at shutdown, none of these), whatever the process, with 95% intervals, most crashes
-- first. Kills at shutdown are left out, and of main crashes that were sent twice one counts. Hours are all
-- of the channel. A class is taken to vary as the channel's main and content crashes (M+C-S) do. Dates are
-- submission dates.
WITH {sums_by_class}

SELECT
    crash_class,
    whole_crashes AS crashes,
    usage_hours,
    min_usage_hours,
    per_1000_hours,
    lower_limit,
    upper_limit,
    burst_factor,
    log_sd,
    {note} AS note
FROM sums
CROSS JOIN crash_min_usage_hours() AS min_usage_hours
CROSS JOIN LATERAL {rate}
ORDER BY crashes DESC NULLS LAST, crash_class
