-- Events without a row of any source: their rows are of another event now.
UPDATE events AS e
SET record_status = 'replaced', updated_at = now()
FROM left_events AS l
WHERE e.event_id = l.event_id
  AND e.record_status = 'active'
  AND NOT EXISTS (SELECT FROM sourced_events AS s WHERE s.event_id = e.event_id)
