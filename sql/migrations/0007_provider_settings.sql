-- A provider can be paused and resumed, or removed with its record kept; its settings are checked by the program.

ALTER TABLE providers DROP CONSTRAINT providers_status_check;
UPDATE providers SET status = 'paused' WHERE status = 'disabled';
ALTER TABLE providers ADD CONSTRAINT providers_status_check CHECK (status IN ('active', 'paused'));
ALTER TABLE providers ADD CONSTRAINT providers_settings_check CHECK (jsonb_typeof(settings) = 'object');
COMMENT ON COLUMN providers.status IS 'paused: no longer scheduled; its record, its partitions and its last guide stay.';
COMMENT ON COLUMN providers.record_status IS 'removed: no longer among the providers; adding its name again brings it back.';

-- What a guide held, day by day: the next one at its path must not have lost too much of it.
ALTER TABLE publications ADD COLUMN programmes_by_day jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN publications.programmes_by_day IS 'Programmes that start on each day of the provider''s zone, for guide.xml; else {}.';
COMMENT ON COLUMN publications.day IS 'The day whose publishing brought the content; the current guide shows the days around it too.';
DROP INDEX publications_latest;
CREATE INDEX publications_latest ON publications (provider_id, path, id DESC);
