WITH same AS (
    SELECT id
    FROM overrides
    WHERE provider_id = %(provider)s
      AND (slot, name_pattern, day, event_id, note) IS NOT DISTINCT FROM
          (%(slot)s::text, %(name_pattern)s::text, %(day)s::date, %(event_id)s::text, %(note)s::text)
      AND record_status = 'active'
), added AS (
    INSERT INTO overrides (provider_id, slot, name_pattern, day, event_id, note)
    SELECT %(provider)s, %(slot)s, %(name_pattern)s, %(day)s, %(event_id)s, %(note)s
    WHERE NOT EXISTS (SELECT FROM same)
    RETURNING id
)
SELECT id FROM same UNION ALL SELECT id FROM added ORDER BY id DESC LIMIT 1
