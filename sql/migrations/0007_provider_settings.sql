-- A provider can be paused and resumed, or removed with its record kept; its settings are checked by the program.

ALTER TABLE providers DROP CONSTRAINT providers_status_check;
UPDATE providers SET status = 'paused' WHERE status = 'disabled';
ALTER TABLE providers ADD CONSTRAINT providers_status_check CHECK (status IN ('active', 'paused'));
ALTER TABLE providers ADD CONSTRAINT providers_settings_check CHECK (jsonb_typeof(settings) = 'object');
COMMENT ON COLUMN providers.status IS 'paused: no longer scheduled; its record, its partitions and its last guide stay.';
COMMENT ON COLUMN providers.record_status IS 'removed: no longer among the providers; adding its name again brings it back.';
