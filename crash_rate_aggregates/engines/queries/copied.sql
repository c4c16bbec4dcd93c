-- Keys that more than one of the pings carries: few, so the next query looks only at these. A minidump's:
-- one crash that was sent under two ids.
CREATE TEMP {kept} copied_{key}s AS
SELECT doc_type, {key}_high, {key}_low
FROM {source}
WHERE {key}_high IS NOT NULL
GROUP BY doc_type, {key}_high, {key}_low
HAVING count(*) > 1
