-- The days after a list that were scheduled from its names, or from those before them, wait for the names as they are now.
-- A mark of 0: whoever publishes takes them in, nobody need be asked to.
INSERT INTO rematches (provider_id, day, event_id, reason, mark)
SELECT DISTINCT c.provider_id, e.day, '', 'names', 0
FROM epg_data AS e
JOIN channel_names AS c ON c.id = e.channel_name_id
WHERE c.provider_id = %(provider)s
  AND e.record_status = 'active'
  AND e.day > %(day)s
  AND NOT EXISTS (
      SELECT FROM provider_days AS p
      WHERE p.provider_id = c.provider_id AND p.day > %(day)s AND p.day <= e.day
  )
ORDER BY e.day -- as mark_rematches.sql does: two that mark at once wait for each other in one order
ON CONFLICT (provider_id, day, event_id) DO UPDATE SET status = 'due', updated_at = now()
