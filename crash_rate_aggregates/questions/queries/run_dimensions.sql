-- Every dimension that a stored day has, in the order of the latest day first.
SELECT dimension.value ->> 'name'
FROM crash_aggregates_current_runs AS run
CROSS JOIN LATERAL jsonb_array_elements(run.dimensions) WITH ORDINALITY AS dimension (value, place)
GROUP BY 1
ORDER BY max(run.submission_date) DESC, min(dimension.place), 1
