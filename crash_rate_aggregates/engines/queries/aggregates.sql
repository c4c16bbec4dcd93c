-- Sums of integers: exact in any order. The cast holds that no sum outgrew bigint.
SELECT activity_date, dimensions, {sums}
FROM winners
GROUP BY activity_date, dimensions
