-- The days from the provider's yesterday on that have programmes were made with a zone, tier or settings that hold no more.
INSERT INTO rematches (provider_id, day, event_id, reason, mark)
SELECT DISTINCT c.provider_id, e.day, '', 'settings', (SELECT nextval('marks'))
FROM epg_data AS e
JOIN channel_names AS c ON c.id = e.channel_name_id
JOIN providers AS p ON p.id = c.provider_id
WHERE p.id = %(id)s AND e.record_status = 'active' AND e.day >= (now() AT TIME ZONE p.timezone)::date - 1
ORDER BY e.day -- as mark_rematches.sql does
ON CONFLICT (provider_id, day, event_id) DO UPDATE
SET reason = excluded.reason, status = 'due', mark = excluded.mark, updated_at = now()
