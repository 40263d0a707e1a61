-- When playlists were looked at and what changed; and what is broken and whom it was told to: one message when it breaks, one when it works again,
-- however often it is seen.

CREATE SEQUENCE marks;
COMMENT ON SEQUENCE marks IS 'Numbers for what asks for work, in the order it came in: a sensor remembers how far it got.';

CREATE TABLE playlist_checks (
    provider_id  bigint PRIMARY KEY REFERENCES providers (id),
    content_hash text NOT NULL DEFAULT '',
    checked_at   timestamptz,
    problem      text NOT NULL DEFAULT '',
    changed_day  date,
    mark         bigint
);
COMMENT ON TABLE playlist_checks IS 'The last look at each provider''s playlist, and the latest change a look found.';
COMMENT ON COLUMN playlist_checks.content_hash IS 'The content that looks for changes saw last; empty before the first.';
COMMENT ON COLUMN playlist_checks.checked_at IS 'When it was last asked for, changed or not; null before the first look.';
COMMENT ON COLUMN playlist_checks.problem IS 'Why that gave no playlist, without its address; empty when it did.';
COMMENT ON COLUMN playlist_checks.changed_day IS 'The provider''s day for which the change came in force.';
COMMENT ON COLUMN playlist_checks.mark IS 'Numbers the latest change; null before the first.';

ALTER TABLE rematches ADD COLUMN mark bigint NOT NULL DEFAULT nextval('marks');
COMMENT ON COLUMN rematches.mark IS 'Numbers the taking in of events that asked for it last.';

CREATE TABLE incidents (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject     text NOT NULL CHECK (subject <> ''),
    provider_id bigint REFERENCES providers (id),
    day         date,
    reason      text NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT now(),
    last_seen   timestamptz NOT NULL DEFAULT now(),
    seen        bigint NOT NULL DEFAULT 1 CHECK (seen > 0),
    closed_at   timestamptz,
    told        jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX incidents_open ON incidents (subject) WHERE closed_at IS NULL;
CREATE INDEX incidents_closed ON incidents (closed_at);
COMMENT ON TABLE incidents IS 'Failures from the first sight to the recovery.';
COMMENT ON COLUMN incidents.subject IS 'What is broken, the same words each time, such as "playlist of my-tv".';
COMMENT ON COLUMN incidents.day IS 'The latest day that failed: only that day or a later one, done well, is a recovery.';
COMMENT ON COLUMN incidents.told IS 'Per channel: failure and recovery, when they were told; tries, next and problem of a message that failed.';

-- As in 0003: a hosted database must not serve these over the web.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        REVOKE ALL ON uploads, playlist_checks, incidents FROM anon, authenticated;
        REVOKE ALL ON SEQUENCE marks FROM anon, authenticated;
    END IF;
END
$$;
