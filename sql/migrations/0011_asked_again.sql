-- What became of the guide of a changed playlist, so that one that failed is asked for again; and which incidents ended
-- because nobody waits for a recovery any more.

ALTER TABLE playlist_checks ADD COLUMN made_at timestamptz, ADD COLUMN failed_at timestamptz, ADD COLUMN failed int NOT NULL DEFAULT 0;
UPDATE playlist_checks SET made_at = checked_at WHERE mark IS NOT NULL;
COMMENT ON COLUMN playlist_checks.made_at IS 'When the guide of the latest change was made; null until it is.';
COMMENT ON COLUMN playlist_checks.failed_at IS 'When that guide failed last; null while it has not, and once it is made.';
COMMENT ON COLUMN playlist_checks.failed IS 'How often that guide has failed.';

ALTER TABLE incidents ADD COLUMN withdrawn boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN incidents.withdrawn IS 'Closed because its provider was paused or removed: there is no recovery to tell of.';
