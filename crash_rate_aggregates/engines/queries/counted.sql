SELECT doc_type, adjustments, process_type, application, carried, count(*) AS pings
FROM winners
GROUP BY doc_type, adjustments, process_type, application, carried
