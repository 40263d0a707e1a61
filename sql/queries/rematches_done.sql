-- A request that was repeated since it was read has another instant, and stays due.
UPDATE rematches AS r
SET status = 'done', updated_at = now()
FROM unnest(%(events)s::text[], %(instants)s::timestamptz[]) AS s (event_id, asked_at)
WHERE r.provider_id = %(provider)s AND r.day = %(day)s AND r.status = 'due'
    AND r.event_id = s.event_id AND r.updated_at = s.asked_at
