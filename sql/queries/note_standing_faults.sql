-- Faults that the record itself tells of become incidents, and those it no longer tells of are over.
WITH standing AS (
    SELECT 'playlist of ' || p.slug AS subject, p.id AS provider_id, c.problem AS reason
    FROM playlist_checks AS c
    JOIN providers AS p ON p.id = c.provider_id
    WHERE c.problem <> '' AND p.status = 'active' AND p.record_status = 'active'
    UNION ALL
    SELECT 'uploads of ' || p.slug, p.id, count(*) || ' files did not reach the bucket, such as ' || min(u.key) || ': ' || min(u.reason)
    FROM uploads AS u
    JOIN providers AS p ON p.id = u.provider_id
    WHERE u.status = 'failed' AND p.status = 'active' AND p.record_status = 'active'
    GROUP BY p.id, p.slug
    UNION ALL -- the daily publish had two hours for it; its guide is noted, for the days it shows are others each day
    SELECT 'freshness of ' || p.slug, p.id, 'no guide was published since ' || to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC'
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
nobodys AS ( -- of providers that are paused or removed: they are over, and do not work again
    UPDATE incidents AS i
    SET closed_at = %(now)s, withdrawn = true
    FROM providers AS p
    WHERE i.closed_at IS NULL AND p.id = i.provider_id AND (p.status <> 'active' OR p.record_status <> 'active')
),
over AS ( -- of the others: a row can't be changed twice in one statement
    UPDATE incidents AS i
    SET closed_at = %(now)s
    WHERE i.closed_at IS NULL
      AND i.provider_id IN (SELECT id FROM providers WHERE status = 'active' AND record_status = 'active')
      AND split_part(i.subject, ' of ', 1) IN ('playlist', 'uploads', 'freshness')
      AND NOT EXISTS (SELECT FROM standing AS s WHERE s.subject = i.subject)
)
INSERT INTO incidents (subject, provider_id, reason, opened_at, last_seen)
SELECT s.subject, s.provider_id, s.reason, %(now)s, %(now)s
FROM standing AS s
WHERE s.subject NOT LIKE 'freshness of %%' OR NOT EXISTS ( -- who was told why a guide fails knows that none is published
    SELECT FROM incidents AS i
    WHERE i.subject LIKE 'guide of %%' AND i.provider_id = s.provider_id AND i.closed_at IS NULL
)
ON CONFLICT (subject) WHERE closed_at IS NULL DO UPDATE
SET reason = excluded.reason, last_seen = excluded.last_seen, seen = incidents.seen + 1
WHERE incidents.reason <> excluded.reason
