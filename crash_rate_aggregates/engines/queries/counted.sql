SELECT doc_type, adjustments, process_type, count(*) AS pings
FROM winners
GROUP BY doc_type, adjustments, process_type
