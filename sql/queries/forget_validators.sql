-- An ETag or a date is of one server; another one might answer "unchanged" about another playlist. Poll it again, too.
WITH validators AS (
    UPDATE playlist_snapshots SET etag = NULL, last_modified = NULL WHERE provider_id = %(id)s
)
UPDATE playlist_checks SET checked_at = NULL WHERE provider_id = %(id)s
