-- As in one_of_each_id, by the second key, over both kinds of crash pings: of a crash that was sent as
-- both, the Glean one counts, as that is what Firefox goes on sending.
CREATE TEMP VIEW one_of_each_minidump AS
SELECT {columns}
FROM one_of_each_id
ANTI JOIN copied_minidumps USING (doc_type, minidump_high, minidump_low)
UNION ALL
SELECT {columns}
FROM (
    SELECT
        {columns},
        row_number() OVER (
            PARTITION BY doc_type, minidump_high, minidump_low ORDER BY {choice}
        ) AS place
    FROM one_of_each_id
    SEMI JOIN copied_minidumps USING (doc_type, minidump_high, minidump_low)
) AS copies
WHERE place = 1
