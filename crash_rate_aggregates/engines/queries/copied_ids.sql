-- Ids that more than one ping of the day carries: few, so the next query looks only at these.
CREATE TEMP {kept} copied_ids AS
SELECT doc_type, id_high, id_low
FROM pings
WHERE id_high IS NOT NULL
GROUP BY doc_type, id_high, id_low
HAVING count(*) > 1
