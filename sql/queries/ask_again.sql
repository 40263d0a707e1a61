-- What asks for work of a provider that was paused meanwhile gets new marks: the sensors may have gone past the old ones.
WITH playlists AS (
    UPDATE playlist_checks
    SET mark = nextval('marks')
    WHERE provider_id = %(id)s AND changed_day >= current_date - 1
)
UPDATE rematches
SET mark = nextval('marks')
WHERE provider_id = %(id)s AND status = 'due' AND mark > 0 AND day >= current_date - 1
