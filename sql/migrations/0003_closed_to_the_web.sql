-- Supabase serves the tables of schema public over HTTP to whoever has the project's public key, as the roles anon and
-- authenticated. Elsewhere these roles do not exist, and nothing is done.
DO $$
DECLARE
    relation regclass;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        FOREACH relation IN ARRAY ARRAY[
            'providers', 'playlist_snapshots', 'provider_days', 'channel_names', 'slot_names', 'teams', 'team_aliases',
            'events', 'parsed_data', 'epg_data', 'publications', 'quarantine', 'epg_migrations',
            'channels_per_day', 'programmes_per_day', 'match_rates'
        ]::regclass[]
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM anon, authenticated', relation);
        END LOOP;
    END IF;
END
$$;
