-- An incident has a kind, a provider or none, and a remedy: no text has to be taken apart to know them.
ALTER TABLE incidents ADD COLUMN kind text;
UPDATE incidents
SET kind = CASE WHEN provider_id IS NULL THEN subject ELSE split_part(subject, ' of ', 1) END;
ALTER TABLE incidents ALTER COLUMN kind SET NOT NULL;
DROP INDEX incidents_open;
ALTER TABLE incidents DROP COLUMN subject;
CREATE UNIQUE INDEX incidents_open ON incidents (kind, COALESCE(provider_id, 0)) WHERE closed_at IS NULL;
ALTER TABLE incidents RENAME COLUMN told TO notified;
ALTER TABLE incidents ADD COLUMN remedy text NOT NULL DEFAULT '';
COMMENT ON COLUMN incidents.kind IS 'What failed: playlist, guide, uploads or freshness of a provider; events, or the run of a job.';
COMMENT ON COLUMN incidents.notified IS 'Per channel: when it was notified of failure and recovery; tries, next and problem of a message that failed.';
COMMENT ON COLUMN incidents.remedy IS 'What the failed step advises; empty where only the usual remedy of the kind is known.';
