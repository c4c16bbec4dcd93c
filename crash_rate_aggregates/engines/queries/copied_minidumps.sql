-- Minidumps that more than one of the pings left names: one crash sent under two ids.
CREATE TEMP {kept} copied_minidumps AS
SELECT doc_type, minidump_high, minidump_low
FROM one_of_each_id
WHERE minidump_high IS NOT NULL
GROUP BY doc_type, minidump_high, minidump_low
HAVING count(*) > 1
