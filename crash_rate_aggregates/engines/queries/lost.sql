-- Of copies all but the one with the smallest order, which counts; copies of equal order are equal in all
-- columns. A Glean ping goes first, as that is what Firefox goes on sending. Pings without a key match no
-- copied one, so none of them is lost.
CREATE TEMP {kept} lost_by_{key} AS
SELECT ping
FROM (
    SELECT
        ping,
        row_number() OVER (
            PARTITION BY doc_type, {key}_high, {key}_low ORDER BY {choice}
        ) AS place
    FROM {source}
    SEMI JOIN copied_{key}s USING (doc_type, {key}_high, {key}_low)
) AS copies
WHERE place > 1
