INSERT INTO rematches (provider_id, day, event_id, reason)
SELECT DISTINCT ON (c.provider_id, d.day, d.event_id) c.provider_id, d.day, d.event_id, h.reason
FROM (
    SELECT event_id, reason FROM changed
    UNION ALL
    SELECT l.event_id, 'replaced' FROM left_events AS l JOIN events AS e USING (event_id) WHERE e.record_status = 'replaced'
) AS h
JOIN parsed_data AS d ON d.event_id = h.event_id AND d.record_status = 'active'
JOIN channel_names AS c ON c.id = d.channel_name_id
ORDER BY c.provider_id, d.day, d.event_id, h.reason
ON CONFLICT (provider_id, day, event_id) DO UPDATE
SET reason = excluded.reason, status = 'due', updated_at = now()
