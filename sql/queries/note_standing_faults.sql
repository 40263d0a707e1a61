-- Faults that the record shows become incidents; incidents of faults that it shows no longer are closed.
WITH standing AS (
    SELECT 'playlist' AS kind, p.id AS provider_id, c.problem AS reason
    FROM playlist_checks AS c
    JOIN providers AS p ON p.id = c.provider_id
    WHERE c.problem <> '' AND p.status = 'active' AND p.record_status = 'active'
    UNION ALL
    SELECT 'uploads', p.id, count(*) || ' files did not reach the bucket, such as ' || min(u.key) || ': ' || min(u.reason)
    FROM uploads AS u
    JOIN providers AS p ON p.id = u.provider_id
    WHERE u.status = 'failed' AND p.status = 'active' AND p.record_status = 'active'
    GROUP BY p.id
    UNION ALL -- the daily publish had two hours for it; the path is that of the current guide, whose days change daily
    SELECT 'freshness', p.id, 'no guide was published since ' || to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
    FROM providers AS p
    CROSS JOIN LATERAL (
        SELECT u.published_at AS at
        FROM publications AS u
        WHERE u.provider_id = p.id AND u.path = p.slug || '/guide.xml'
        ORDER BY u.id DESC
        LIMIT 1
    ) AS l
    WHERE l.at < %(now)s - interval '26 hours' AND p.status = 'active' AND p.record_status = 'active'
),
withdrawn AS ( -- of providers that are paused or removed: closed, but not as recovered
    UPDATE incidents AS i
    SET closed_at = %(now)s, withdrawn = true
    FROM providers AS p
    WHERE i.closed_at IS NULL AND p.id = i.provider_id AND (p.status <> 'active' OR p.record_status <> 'active')
),
recovered AS ( -- of the others: a row can't be changed twice in one statement
    UPDATE incidents AS i
    SET closed_at = %(now)s
    WHERE i.closed_at IS NULL
      AND i.provider_id IN (SELECT id FROM providers WHERE status = 'active' AND record_status = 'active')
      AND i.kind IN ('playlist', 'uploads', 'freshness')
      AND NOT EXISTS (SELECT FROM standing AS s WHERE s.kind = i.kind AND s.provider_id = i.provider_id)
)
INSERT INTO incidents (kind, provider_id, reason, opened_at, last_seen)
SELECT s.kind, s.provider_id, s.reason, %(now)s, %(now)s
FROM standing AS s
WHERE s.kind <> 'freshness' OR NOT EXISTS ( -- an open incident of the guide says the same with its reason
    SELECT FROM incidents AS i
    WHERE i.kind = 'guide' AND i.provider_id = s.provider_id AND i.closed_at IS NULL
)
ON CONFLICT (kind, COALESCE(provider_id, 0)) WHERE closed_at IS NULL DO UPDATE
SET reason = excluded.reason, last_seen = excluded.last_seen, seen = incidents.seen + 1
WHERE incidents.reason <> excluded.reason
