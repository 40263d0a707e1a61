-- The active providers whose playlist is to be looked at, once there is one whose time has come: with it go those whose
-- time comes within a tenth of its length, so that providers come to be looked at together.
WITH timed AS (
    SELECT
        p.slug,
        c.checked_at,
        make_interval(mins => CASE
            WHEN jsonb_typeof(p.settings -> 'check_minutes') = 'number' -- within a day: what no setting allows harms no other
            THEN greatest(0, least((p.settings ->> 'check_minutes')::numeric, 1440))::int
            ELSE %(minutes)s
        END) AS every
    FROM providers AS p
    LEFT JOIN playlist_checks AS c ON c.provider_id = p.id
    WHERE p.status = 'active' AND p.record_status = 'active'
)
SELECT slug, checked_at
FROM timed
WHERE every > interval '0'
  AND (checked_at IS NULL OR checked_at + every * 0.9 <= %(now)s)
  AND EXISTS (
      SELECT FROM timed WHERE every > interval '0' AND (checked_at IS NULL OR checked_at + every <= %(now)s)
  )
ORDER BY checked_at NULLS FIRST, slug
