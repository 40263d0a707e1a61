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
),
nobodys AS ( -- of providers that are paused or removed: they are over, and do not work again
    UPDATE incidents AS i
    SET closed_at = %(now)s, withdrawn = true
    FROM providers AS p
    WHERE i.closed_at IS NULL AND p.id = i.provider_id AND (p.status <> 'active' OR p.record_status <> 'active')
),
over AS (
    UPDATE incidents AS i
    SET closed_at = %(now)s
    WHERE i.closed_at IS NULL
      AND (i.provider_id IS NULL OR i.provider_id IN (SELECT id FROM providers WHERE status = 'active' AND record_status = 'active'))
      AND (i.subject LIKE 'playlist of %%' OR i.subject LIKE 'uploads of %%')
      AND NOT EXISTS (SELECT FROM standing AS s WHERE s.subject = i.subject)
)
INSERT INTO incidents (subject, provider_id, reason, opened_at, last_seen)
SELECT subject, provider_id, reason, %(now)s, %(now)s
FROM standing
ON CONFLICT (subject) WHERE closed_at IS NULL DO UPDATE
SET reason = excluded.reason, last_seen = excluded.last_seen, seen = incidents.seen + 1
WHERE incidents.reason <> excluded.reason
