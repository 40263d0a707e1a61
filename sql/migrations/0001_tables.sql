-- The record of everything the pipeline knows. Nothing is ever deleted: a row leaves by its record_status.
-- Instants are timestamptz; a "day" is a calendar date in the provider's own time zone.

CREATE TABLE providers (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug                text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name                text NOT NULL UNIQUE CHECK (name <> ''),
    playlist_url_sealed bytea NOT NULL,
    timezone            text NOT NULL,
    tier                text NOT NULL CHECK (tier IN ('kid', 'buck', 'goat')),
    status              text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    settings            jsonb NOT NULL DEFAULT '{}',
    record_status       text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE providers IS 'One row per IPTV provider whose event channels get a guide.';
COMMENT ON COLUMN providers.playlist_url_sealed IS 'Address of the playlist, encrypted: it carries user and password.';
COMMENT ON COLUMN providers.timezone IS 'IANA zone in which the provider''s names tell times and its days begin.';
COMMENT ON COLUMN providers.tier IS 'How much of a programme the guide shows when nothing else is asked.';
COMMENT ON COLUMN providers.settings IS 'Choices of one provider that need no column of their own. Never a secret.';

CREATE TABLE playlist_snapshots (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id   bigint NOT NULL REFERENCES providers (id),
    content_hash  text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    fetched_at    timestamptz NOT NULL DEFAULT now(),
    entry_count   bigint NOT NULL CHECK (entry_count >= 0),
    byte_count    bigint NOT NULL CHECK (byte_count >= 0),
    etag          text,
    last_modified text,
    UNIQUE (provider_id, content_hash)
);
COMMENT ON TABLE playlist_snapshots IS
    'Playlists as fetched, one row per distinct content; the bytes lie encrypted in the file named by the hash.';
COMMENT ON COLUMN playlist_snapshots.fetched_at IS 'When this content was first seen.';

CREATE TABLE provider_days (
    provider_id bigint NOT NULL REFERENCES providers (id),
    day         date NOT NULL,
    snapshot_id bigint NOT NULL REFERENCES playlist_snapshots (id),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider_id, day)
);
COMMENT ON TABLE provider_days IS
    'Which snapshot is in force for a provider''s day; a day without a row uses the latest earlier one.';
CREATE INDEX provider_days_snapshot ON provider_days (snapshot_id);

CREATE TABLE channel_names (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id       bigint NOT NULL REFERENCES providers (id),
    slot              text NOT NULL CHECK (slot <> ''),
    channel_id        text NOT NULL CHECK (channel_id ~ '^[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+$'),
    family            text NOT NULL,
    name              text NOT NULL,
    display_name      text NOT NULL,
    position          bigint NOT NULL,
    logo              text NOT NULL DEFAULT '',
    group_title       text NOT NULL DEFAULT '',
    stream_url_sealed bytea NOT NULL,
    first_seen        date NOT NULL,
    last_seen         date NOT NULL,
    record_status     text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider_id, slot),
    CONSTRAINT channel_names_last_seen_check CHECK (first_seen <= last_seen)
);
-- Players compare channel ids without regard to case.
CREATE UNIQUE INDEX channel_names_channel_id ON channel_names (provider_id, lower(channel_id));
CREATE INDEX channel_names_active ON channel_names (provider_id, position) WHERE record_status = 'active';
COMMENT ON TABLE channel_names IS 'One row per event slot of a provider, for ever; its channel id never changes.';
COMMENT ON COLUMN channel_names.slot IS 'Stable key of the slot within the playlist, such as "NBA 05".';
COMMENT ON COLUMN channel_names.name IS 'The slot''s name on its latest day; slot_names has every day''s.';
COMMENT ON COLUMN channel_names.stream_url_sealed IS 'Address of the stream, encrypted: it carries user and password.';
COMMENT ON COLUMN channel_names.record_status IS 'removed: not in the provider''s latest playlist.';

CREATE TABLE slot_names (
    channel_name_id bigint NOT NULL REFERENCES channel_names (id),
    day             date NOT NULL,
    name            text NOT NULL,
    position        bigint NOT NULL,
    change          text NOT NULL CHECK (change IN ('added', 'changed', 'unchanged', 'removed')),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_name_id, day)
);
CREATE INDEX slot_names_day ON slot_names (day);
COMMENT ON TABLE slot_names IS 'What each slot was called on each day; a day without rows uses the latest earlier day.';
COMMENT ON COLUMN slot_names.change IS 'Against the provider''s latest earlier day.';

CREATE TABLE teams (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    league        text NOT NULL,
    sport         text NOT NULL,
    name          text NOT NULL CHECK (name <> ''),
    short_name    text NOT NULL DEFAULT '',
    abbreviation  text NOT NULL DEFAULT '',
    location      text NOT NULL DEFAULT '',
    nickname      text NOT NULL DEFAULT '',
    logo          text NOT NULL DEFAULT '',
    record_status text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (league, name)
);
CREATE INDEX teams_active ON teams (league) WHERE record_status = 'active';
COMMENT ON TABLE teams IS 'Competitors of canonical events: a team within its league.';

CREATE TABLE team_aliases (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team_id       bigint NOT NULL REFERENCES teams (id),
    alias         text NOT NULL CHECK (alias <> ''),
    kind          text NOT NULL CHECK (kind IN ('catalogue', 'source', 'manual', 'learned')),
    record_status text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'removed')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (team_id, alias)
);
CREATE INDEX team_aliases_active ON team_aliases (alias) WHERE record_status = 'active';
COMMENT ON TABLE team_aliases IS 'Other ways a team is written, and where each was learned.';

CREATE TABLE events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id      text NOT NULL UNIQUE CHECK (event_id <> ''),
    event_date    date NOT NULL,
    league        text NOT NULL,
    sport         text NOT NULL,
    name          text NOT NULL DEFAULT '',
    home          text NOT NULL DEFAULT '',
    away          text NOT NULL DEFAULT '',
    home_short    text NOT NULL DEFAULT '',
    away_short    text NOT NULL DEFAULT '',
    home_abbr     text NOT NULL DEFAULT '',
    away_abbr     text NOT NULL DEFAULT '',
    home_team_id  bigint REFERENCES teams (id),
    away_team_id  bigint REFERENCES teams (id),
    starts_at     timestamptz NOT NULL,
    venue         text NOT NULL DEFAULT '',
    home_logo     text NOT NULL DEFAULT '',
    away_logo     text NOT NULL DEFAULT '',
    source        text NOT NULL DEFAULT '',
    status        text NOT NULL DEFAULT 'scheduled'
                  CHECK (status IN ('scheduled', 'live', 'final', 'postponed', 'cancelled')),
    record_status text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'replaced', 'removed')),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_active_date ON events (event_date) WHERE record_status = 'active';
-- Not unique: a doubleheader is two events of the same two teams on one date.
CREATE INDEX events_competitors ON events (event_date, home_team_id, away_team_id);
CREATE INDEX events_home_team ON events (home_team_id);
CREATE INDEX events_away_team ON events (away_team_id);
COMMENT ON TABLE events IS 'The canonical schedule: one row per real event, merged over sources.';
COMMENT ON COLUMN events.event_date IS 'UTC date of the start.';

CREATE TABLE parsed_data (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_name_id   bigint NOT NULL REFERENCES channel_names (id),
    day               date NOT NULL,
    position          bigint NOT NULL,
    name              text NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('event', 'show', 'placeholder', 'linear', 'vod')),
    title             text NOT NULL,
    competition       text,
    first_competitor  text,
    second_competitor text,
    leagues           jsonb,
    gender            text,
    side              text,
    telling           text,
    game              bigint,
    starts_at         timestamptz,
    stated_date       date,
    stated_clock      time,
    zone              text,
    zone_is_stated    boolean,
    rules             jsonb NOT NULL DEFAULT '[]',
    match_status      text NOT NULL CHECK (match_status IN ('matched', 'partial', 'unmatched', 'unparseable', 'manual')),
    event_id          text REFERENCES events (event_id),
    confidence        double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    reasons           jsonb NOT NULL DEFAULT '[]',
    league            text,
    sport             text,
    home              text,
    away              text,
    event_name        text,
    venue             text,
    home_logo         text,
    away_logo         text,
    record_status     text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'replaced')),
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (channel_name_id, day)
);
CREATE INDEX parsed_data_active_day ON parsed_data (day, match_status) WHERE record_status = 'active';
CREATE INDEX parsed_data_event ON parsed_data (event_id) WHERE event_id IS NOT NULL;
COMMENT ON TABLE parsed_data IS 'What each slot''s name says on a day, and which event it is or why none.';
COMMENT ON COLUMN parsed_data.leagues IS 'The leagues that name and family narrow it to; null when to none.';
COMMENT ON COLUMN parsed_data.telling IS 'What the name tells of the event: live, replay, press, pregame, highlights.';
COMMENT ON COLUMN parsed_data.rules IS 'Which reading rules gave what.';
COMMENT ON COLUMN parsed_data.reasons IS 'Why it was decided so, each as "word: detail".';
COMMENT ON COLUMN parsed_data.starts_at IS 'The canonical start once matched, else the start the name states.';
COMMENT ON COLUMN parsed_data.record_status IS 'replaced: a later reading of the day no longer has this slot.';

CREATE TABLE epg_data (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel_name_id bigint NOT NULL REFERENCES channel_names (id),
    day             date NOT NULL,
    start_time      timestamptz NOT NULL,
    end_time        timestamptz NOT NULL,
    block           text NOT NULL CHECK (block IN ('pre', 'live', 'post', 'filler', 'idle')),
    title           text NOT NULL CHECK (title <> ''),
    sub_title       text NOT NULL DEFAULT '',
    description     text NOT NULL DEFAULT '',
    league          text NOT NULL DEFAULT '',
    sport           text NOT NULL DEFAULT '',
    home            text NOT NULL DEFAULT '',
    away            text NOT NULL DEFAULT '',
    venue           text NOT NULL DEFAULT '',
    event_id        text,
    event_starts_at timestamptz,
    telling         text NOT NULL DEFAULT '',
    match_status    text NOT NULL CHECK (match_status IN ('matched', 'partial', 'unmatched', 'unparseable', 'manual')),
    confidence      double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    sports_metadata jsonb NOT NULL DEFAULT '{}',
    tier_features   jsonb NOT NULL DEFAULT '{}',
    record_status   text NOT NULL DEFAULT 'active' CHECK (record_status IN ('active', 'replaced')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (channel_name_id, start_time),
    -- The upper bound lets a search by time begin two days early instead of at the beginning of the record.
    CONSTRAINT epg_data_end_time_check CHECK (start_time < end_time AND end_time <= start_time + interval '2 days')
);
CREATE INDEX epg_data_active_day ON epg_data (day, channel_name_id) WHERE record_status = 'active';
CREATE INDEX epg_data_active_time ON epg_data (start_time, end_time) WHERE record_status = 'active';
COMMENT ON TABLE epg_data IS 'The programme blocks of every slot''s guide.';
COMMENT ON COLUMN epg_data.day IS 'The provider''s day the block was scheduled for; a live block may run past its end.';
COMMENT ON COLUMN epg_data.event_id IS
    'The event a block is about. No foreign key: the block keeps what it says whatever becomes of the event.';
COMMENT ON COLUMN epg_data.sports_metadata IS 'League, sport, sides, venue and art of the event, for players and tiers.';
COMMENT ON COLUMN epg_data.tier_features IS 'What a tier adds to the block, such as emoji and icons.';
COMMENT ON COLUMN epg_data.record_status IS 'replaced: a later schedule of the day no longer has this block.';

CREATE TABLE publications (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id     bigint NOT NULL REFERENCES providers (id),
    day             date NOT NULL,
    path            text NOT NULL,
    tier            text NOT NULL CHECK (tier IN ('kid', 'buck', 'goat')),
    sha256          text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    byte_count      bigint NOT NULL CHECK (byte_count >= 0),
    channel_count   bigint NOT NULL CHECK (channel_count >= 0),
    programme_count bigint NOT NULL CHECK (programme_count >= 0),
    published_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX publications_latest ON publications (provider_id, day, path, id DESC);
COMMENT ON TABLE publications IS 'Every guide file that was published with new content; the same content is noted once.';

CREATE TABLE quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider_id bigint REFERENCES providers (id),
    day         date NOT NULL,
    stage       text NOT NULL CHECK (stage <> ''),
    name        text NOT NULL,
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
-- Hashes, because a name or reason may be longer than an index entry can be.
CREATE UNIQUE INDEX quarantine_once ON quarantine (COALESCE(provider_id, 0), day, stage, md5(name), md5(reason));
COMMENT ON TABLE quarantine IS 'Rows set aside because they could not be used, with the reason; the rest went on.';
COMMENT ON COLUMN quarantine.provider_id IS 'Null for what belongs to no provider, such as an event of a source.';
