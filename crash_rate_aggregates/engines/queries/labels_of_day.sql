SELECT application, channel, build_id, label, learned_label, learned_pings::BIGINT AS learned_pings
FROM labels
