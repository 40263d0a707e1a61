-- Events that are listed for the first time, or again after they had been removed.
CREATE TEMPORARY TABLE new_events ON COMMIT DROP AS
SELECT i.event_id, i.league, i.starts_at
FROM incoming_canonical AS i
WHERE NOT EXISTS (SELECT FROM events AS e WHERE e.event_id = i.event_id AND e.record_status = 'active')
