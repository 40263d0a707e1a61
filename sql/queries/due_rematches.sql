SELECT day, event_id, updated_at
FROM rematches
WHERE provider_id = %(provider)s AND day = ANY(%(days)s::date[]) AND status = 'due'
