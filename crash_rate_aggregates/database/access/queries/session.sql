-- Sets the session's time zone and tells what the server is.
SELECT
    set_config('TimeZone', 'UTC', false) AS time_zone,
    current_setting('server_version_num')::integer AS version,
    current_setting('server_version') AS version_text,
    current_setting('server_encoding') AS encoding
