CREATE TEMP VIEW one_of_each_id AS
SELECT {columns}
FROM pings
ANTI JOIN lost_by_id USING (ping)
