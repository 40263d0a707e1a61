-- What people say against what the pipeline finds: overrides of slots and names; and which catalogue of teams is loaded.

CREATE TABLE overrides (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id   bigint NOT NULL REFERENCES providers (id),
    slot          text CHECK (slot <> ''),
    name_pattern  text CHECK (name_pattern <> ''),
    day           date,
    event_id      text REFERENCES events (event_id),
    note          text NOT NULL DEFAULT '',
    record_status text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT overrides_slot_or_name CHECK ((slot IS NULL) <> (name_pattern IS NULL))
);
CREATE INDEX overrides_active ON overrides (provider_id, id) WHERE record_status = 'active';
CREATE INDEX overrides_event ON overrides (event_id) WHERE event_id IS NOT NULL;
COMMENT ON TABLE overrides IS 'What an operator set by hand for a slot or for names; the newest that fits a name counts.';
COMMENT ON COLUMN overrides.name_pattern IS 'A regular expression, found anywhere in the name, letter case aside.';
COMMENT ON COLUMN overrides.day IS 'The provider''s day it holds for; null for every day.';
COMMENT ON COLUMN overrides.event_id IS 'The event it is pinned to; null: the name is never an event.';

ALTER TABLE team_aliases DROP CONSTRAINT team_aliases_record_status_check;
ALTER TABLE team_aliases ADD CONSTRAINT team_aliases_record_status_check
    CHECK (record_status IN ('active', 'removed', 'replaced'));
COMMENT ON COLUMN team_aliases.record_status IS
    'removed: by hand, and never brought back by itself; replaced: a later catalogue no longer has it.';
CREATE INDEX team_aliases_kind ON team_aliases (kind, record_status);

CREATE TABLE team_catalogues (
    sha256    text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    teams     bigint NOT NULL CHECK (teams >= 0),
    loaded_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE team_catalogues IS 'The bundled catalogues of teams that were loaded; the latest is the one in force.';

-- As for the other tables: not to be served over the web by a hosted database.
DO $$
DECLARE
    relation regclass;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        FOREACH relation IN ARRAY ARRAY['overrides', 'team_catalogues']::regclass[]
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM anon, authenticated', relation);
        END LOOP;
    END IF;
END
$$;
