UPDATE sourced_events AS s
SET event_id = i.event_id, updated_at = now()
FROM incoming_links AS i
WHERE s.source = i.source AND s.source_id = i.source_id AND s.event_id IS DISTINCT FROM i.event_id
