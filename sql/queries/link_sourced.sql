CREATE TEMPORARY TABLE left_events ON COMMIT DROP AS
SELECT DISTINCT s.event_id
FROM sourced_events AS s
JOIN incoming_links AS i USING (source, source_id)
WHERE s.event_id <> i.event_id;
UPDATE sourced_events AS s
SET event_id = i.event_id, updated_at = now()
FROM incoming_links AS i
WHERE s.source = i.source AND s.source_id = i.source_id AND s.event_id IS DISTINCT FROM i.event_id
