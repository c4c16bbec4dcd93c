-- Of copies, the one with the smallest order counts; copies of equal order are equal in all columns.
-- Pings without id match no copied id, so each of them stays.
CREATE TEMP VIEW one_of_each_id AS
SELECT {columns}
FROM pings
ANTI JOIN copied_ids USING (doc_type, id_high, id_low)
UNION ALL
SELECT {columns}
FROM (
    SELECT
        {columns},
        row_number() OVER (
            PARTITION BY doc_type, id_high, id_low ORDER BY {choice}
        ) AS place
    FROM pings
    SEMI JOIN copied_ids USING (doc_type, id_high, id_low)
) AS copies
WHERE place = 1
