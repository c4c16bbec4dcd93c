SELECT coalesce(sum(pings), 0)::BIGINT AS pings FROM sent_as_both
