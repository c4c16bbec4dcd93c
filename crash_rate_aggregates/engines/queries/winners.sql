-- As in one_of_each_id, by the second key: copies of equal order differ in nothing that is summed.
CREATE TEMP VIEW winners AS
SELECT {columns}
FROM one_of_each_id
ANTI JOIN copied_minidumps USING (doc_type, minidump_high, minidump_low)
UNION ALL
SELECT {columns}
FROM (
    SELECT
        {columns},
        row_number() OVER (
            PARTITION BY doc_type, minidump_high, minidump_low ORDER BY copy_high, copy_low
        ) AS place
    FROM one_of_each_id
    SEMI JOIN copied_minidumps USING (doc_type, minidump_high, minidump_low)
) AS copies
WHERE place = 1
