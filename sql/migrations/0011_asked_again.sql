-- When a change was found, so that a failure of its guide can be told from one before it; and which incidents ended because
-- nobody waits for a recovery any more.

ALTER TABLE playlist_checks ADD COLUMN changed_at timestamptz;
UPDATE playlist_checks SET changed_at = checked_at WHERE mark IS NOT NULL;
COMMENT ON COLUMN playlist_checks.changed_at IS 'When the latest change was found; null before the first.';

ALTER TABLE incidents ADD COLUMN withdrawn boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN incidents.withdrawn IS 'Closed because its provider was paused or removed: there is no recovery to tell of.';
