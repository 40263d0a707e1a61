-- What is broken and whom it was told to: one message when it breaks, one when it works again, however often it is seen.

CREATE TABLE incidents (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject     text NOT NULL CHECK (subject <> ''),
    provider_id bigint REFERENCES providers (id),
    reason      text NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT now(),
    last_seen   timestamptz NOT NULL DEFAULT now(),
    seen        bigint NOT NULL DEFAULT 1 CHECK (seen > 0),
    closed_at   timestamptz,
    told        jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX incidents_open ON incidents (subject) WHERE closed_at IS NULL;
COMMENT ON TABLE incidents IS 'Failures from the first sight to the recovery.';
COMMENT ON COLUMN incidents.subject IS 'What is broken, the same words each time, such as "playlist of my-tv".';
COMMENT ON COLUMN incidents.told IS 'Which channel was told of the failure and of the recovery, and when.';

-- As in 0003: a hosted database must not serve these over the web.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        REVOKE ALL ON uploads, incidents FROM anon, authenticated;
    END IF;
END
$$;
