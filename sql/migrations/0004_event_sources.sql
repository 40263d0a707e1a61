-- What each source of events said, kept apart from the canonical event made of it; and what a change of an event asks for.

ALTER TABLE events
    ADD COLUMN time_is_set   boolean NOT NULL DEFAULT true,
    ADD COLUMN neutral       boolean NOT NULL DEFAULT false,
    ADD COLUMN home_color    text NOT NULL DEFAULT '',
    ADD COLUMN away_color    text NOT NULL DEFAULT '',
    ADD COLUMN art           text NOT NULL DEFAULT '',
    ADD COLUMN field_sources jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN events.time_is_set IS 'false: the day is known, the clock is to be determined.';
COMMENT ON COLUMN events.art IS 'Address of a picture of the event itself.';
COMMENT ON COLUMN events.field_sources IS 'The fields that are not from `source`, each as "field: source".';

CREATE TABLE sourced_events (
    source        text NOT NULL CHECK (source <> ''),
    source_id     text NOT NULL CHECK (source_id <> ''),
    listing       text NOT NULL,
    league        text NOT NULL,
    sport         text NOT NULL,
    name          text NOT NULL DEFAULT '',
    home          text NOT NULL DEFAULT '',
    away          text NOT NULL DEFAULT '',
    home_short    text NOT NULL DEFAULT '',
    away_short    text NOT NULL DEFAULT '',
    home_abbr     text NOT NULL DEFAULT '',
    away_abbr     text NOT NULL DEFAULT '',
    home_ref      text NOT NULL DEFAULT '',
    away_ref      text NOT NULL DEFAULT '',
    home_logo     text NOT NULL DEFAULT '',
    away_logo     text NOT NULL DEFAULT '',
    home_color    text NOT NULL DEFAULT '',
    away_color    text NOT NULL DEFAULT '',
    starts_at     timestamptz NOT NULL,
    time_is_set   boolean NOT NULL,
    status        text NOT NULL CHECK (status IN ('scheduled', 'live', 'final', 'postponed', 'cancelled')),
    neutral       boolean NOT NULL DEFAULT false,
    venue         text NOT NULL DEFAULT '',
    art           text NOT NULL DEFAULT '',
    event_id      text,
    record_status text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, source_id)
);
CREATE INDEX sourced_events_start ON sourced_events (starts_at) WHERE record_status = 'active';
CREATE INDEX sourced_events_event ON sourced_events (event_id);
COMMENT ON TABLE sourced_events IS 'Every event as one source tells it; canonical events are made of these rows alone.';
COMMENT ON COLUMN sourced_events.listing IS 'The source''s own key of the league it listed the event under.';
COMMENT ON COLUMN sourced_events.home_ref IS 'The source''s id of the team.';
COMMENT ON COLUMN sourced_events.event_id IS 'The canonical event this row is part of.';

CREATE TABLE team_sources (
    source        text NOT NULL CHECK (source <> ''),
    league        text NOT NULL,
    ref           text NOT NULL CHECK (ref <> ''),
    name          text NOT NULL CHECK (name <> ''),
    team_id       bigint NOT NULL REFERENCES teams (id),
    record_status text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, league, ref)
);
CREATE INDEX team_sources_team ON team_sources (team_id);
COMMENT ON TABLE team_sources IS 'Which team each source''s own team id means. removed: the source no longer lists it.';

ALTER TABLE teams ADD COLUMN color text NOT NULL DEFAULT '';

CREATE TABLE rematches (
    provider_id bigint NOT NULL REFERENCES providers (id),
    day         date NOT NULL,
    event_id    text NOT NULL,
    reason      text NOT NULL CHECK (reason <> ''),
    status      text NOT NULL DEFAULT 'due' CHECK (status IN ('due', 'done')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider_id, day, event_id)
);
CREATE INDEX rematches_due ON rematches (provider_id, day) WHERE status = 'due';
COMMENT ON TABLE rematches IS 'Provider days whose decisions rest on an event that has changed since.';

-- As for the other tables: not to be served over the web by a hosted database.
DO $$
DECLARE
    relation regclass;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        FOREACH relation IN ARRAY ARRAY['sourced_events', 'team_sources', 'rematches']::regclass[]
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM anon, authenticated', relation);
        END LOOP;
    END IF;
END
$$;
