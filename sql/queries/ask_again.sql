-- What asks for work of a provider that was paused meanwhile gets new marks: the sensors may have gone past the old ones.
-- From the provider's yesterday on, as everything that is asked for.
WITH since AS (
    SELECT id, (now() AT TIME ZONE timezone)::date - 1 AS day FROM providers WHERE id = %(id)s
),
playlists AS (
    UPDATE playlist_checks AS c
    SET mark = nextval('marks'), failed = 0, failed_at = NULL
    FROM since AS s
    WHERE c.provider_id = s.id AND c.changed_day >= s.day AND c.made_at IS NULL
),
due AS ( -- locked in the order of all who mark
    SELECT r.provider_id, r.day, r.event_id
    FROM rematches AS r
    JOIN since AS s ON s.id = r.provider_id AND r.day >= s.day
    WHERE r.status = 'due' AND r.mark > 0
    ORDER BY r.day, r.event_id
    FOR UPDATE OF r
)
UPDATE rematches AS r
SET mark = nextval('marks')
FROM due AS d
WHERE r.provider_id = d.provider_id AND r.day = d.day AND r.event_id = d.event_id
