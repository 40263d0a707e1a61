-- Views for whoever watches the database, see docs/monitoring.md. Of these the pipeline itself reads match_rates alone.

-- A card or a race is found without its name being one of two sides, so it counts among the events it is one of.
CREATE OR REPLACE VIEW match_rates AS
SELECT
    p.slug AS provider,
    d.day,
    count(*) AS slots,
    count(*) FILTER (WHERE found.is_so) AS matched,
    count(*) FILTER (WHERE d.match_status = 'partial') AS partial,
    count(*) FILTER (WHERE d.match_status = 'unmatched') AS unmatched,
    count(*) FILTER (WHERE d.match_status = 'unparseable') AS unparseable,
    round(
        count(*) FILTER (WHERE found.is_so)::numeric / nullif(count(*) FILTER (WHERE d.kind = 'event' OR found.is_so), 0), 4
    ) AS match_rate
FROM parsed_data AS d
JOIN channel_names AS c ON c.id = d.channel_name_id
JOIN providers AS p ON p.id = c.provider_id
CROSS JOIN LATERAL (SELECT d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL AS is_so) AS found
WHERE d.record_status = 'active'
GROUP BY p.slug, d.day;

CREATE VIEW provider_totals AS
SELECT
    p.slug AS provider,
    p.status,
    slots.channels,
    slots.channels_gone,
    slots.families,
    guide.programmes,
    guide.first_day,
    guide.last_day,
    (SELECT count(*) FROM playlist_snapshots AS s WHERE s.provider_id = p.id) AS snapshots,
    (SELECT max(u.published_at) FROM publications AS u WHERE u.provider_id = p.id) AS published_at
FROM providers AS p
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE c.record_status = 'active') AS channels,
        count(*) FILTER (WHERE c.record_status = 'removed') AS channels_gone,
        count(DISTINCT c.family) FILTER (WHERE c.record_status = 'active') AS families
    FROM channel_names AS c
    WHERE c.provider_id = p.id
) AS slots
CROSS JOIN LATERAL (
    SELECT count(*) AS programmes, min(e.day) AS first_day, max(e.day) AS last_day
    FROM epg_data AS e
    JOIN channel_names AS c ON c.id = e.channel_name_id
    WHERE c.provider_id = p.id AND e.record_status = 'active'
) AS guide
WHERE p.record_status = 'active';
COMMENT ON VIEW provider_totals IS 'Channels, programmes and playlists on record for each provider, and when it last published.';

-- The schema is that of our tables, wherever they were made: 'providers'::regclass is looked up once, now.
CREATE VIEW table_sizes AS
SELECT
    c.relname::text AS table_name,
    s.n_live_tup AS rows_about,
    s.n_dead_tup AS dead_rows_about,
    pg_table_size(c.oid) AS table_bytes,
    pg_indexes_size(c.oid) AS index_bytes,
    pg_total_relation_size(c.oid) AS total_bytes,
    round(100.0 * pg_total_relation_size(c.oid) / pg_database_size(current_database()), 1) AS percent_of_database
FROM pg_class AS c
JOIN pg_stat_user_tables AS s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT k.relnamespace FROM pg_class AS k WHERE k.oid = 'providers'::regclass);
COMMENT ON VIEW table_sizes IS 'What each table takes on disk; rows are as the statistics have them.';

CREATE VIEW growth_per_day AS
SELECT
    added.day,
    added.table_name,
    added.rows_added,
    (added.rows_added * z.total_bytes / greatest(z.rows_about, added.rows_added))::bigint AS bytes_about
FROM (
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, 'channel_names' AS table_name, count(*) AS rows_added
    FROM channel_names GROUP BY 1
    UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'epg_data', count(*) FROM epg_data GROUP BY 1
    UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'events', count(*) FROM events GROUP BY 1
    UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'parsed_data', count(*) FROM parsed_data GROUP BY 1
    UNION ALL SELECT (fetched_at AT TIME ZONE 'UTC')::date, 'playlist_snapshots', count(*) FROM playlist_snapshots GROUP BY 1
    UNION ALL SELECT (published_at AT TIME ZONE 'UTC')::date, 'publications', count(*) FROM publications GROUP BY 1
    UNION ALL SELECT (created_at AT TIME ZONE 'UTC')::date, 'quarantine', count(*) FROM quarantine GROUP BY 1
    UNION ALL SELECT (updated_at AT TIME ZONE 'UTC')::date, 'slot_names', count(*) FROM slot_names GROUP BY 1
) AS added
JOIN table_sizes AS z USING (table_name);
COMMENT ON VIEW growth_per_day IS
    'Rows that each growing table gained on a day (UTC), and about what they take with their indexes. Reads these tables whole.';

CREATE VIEW match_rates_weekly AS
SELECT
    provider,
    date_trunc('week', day)::date AS week,
    count(*) AS days,
    sum(slots)::bigint AS slots,
    sum(matched)::bigint AS matched,
    sum(partial)::bigint AS partial,
    sum(unmatched)::bigint AS unmatched,
    sum(unparseable)::bigint AS unparseable,
    round(avg(match_rate), 4) AS match_rate,
    min(match_rate) AS lowest_rate,
    (array_agg(day ORDER BY match_rate, day) FILTER (WHERE match_rate IS NOT NULL))[1] AS lowest_day
FROM match_rates
GROUP BY provider, date_trunc('week', day);
COMMENT ON VIEW match_rates_weekly IS 'Match rates by week, which begins on Monday: the mean of the days'' rates, and the worst day.';

CREATE VIEW match_rates_yesterday AS
WITH yesterdays AS (
    SELECT slug AS provider, (now() AT TIME ZONE timezone)::date - 1 AS day
    FROM providers
    WHERE status = 'active' AND record_status = 'active'
),
recent AS MATERIALIZED ( -- worked out once, not for each provider
    SELECT provider, day, slots, matched, unmatched, match_rate FROM match_rates WHERE day >= current_date - 31
)
SELECT
    y.provider,
    y.day,
    r.slots,
    r.matched,
    r.unmatched,
    r.match_rate,
    round(avg(before.match_rate), 4) AS usual_rate,
    r.match_rate - round(avg(before.match_rate), 4) AS change
FROM yesterdays AS y
LEFT JOIN recent AS r ON r.provider = y.provider AND r.day = y.day
LEFT JOIN recent AS before ON before.provider = y.provider AND before.day >= y.day - 28 AND before.day < y.day
GROUP BY y.provider, y.day, r.slots, r.matched, r.unmatched, r.match_rate
ORDER BY r.slots IS NOT NULL, r.match_rate NULLS LAST, y.provider;
COMMENT ON VIEW match_rates_yesterday IS
    'Each active provider''s own yesterday, the worst first: nothing matched at all, then by rate; usual is the mean of the four weeks before.';

-- The statistics of queries come from an extension that a server must load when it starts. The embedded server does.
-- Where the server loads it and we may, it is made part of this database; where not, slowest_queries has no rows.
DO $$
BEGIN
    IF current_setting('shared_preload_libraries') ~ '\mpg_stat_statements\M'
        AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements')
        AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_stat_statements')
    THEN
        BEGIN
            CREATE SCHEMA IF NOT EXISTS epg_statistics; -- not among our tables, which a hosted database may serve
            CREATE EXTENSION pg_stat_statements SCHEMA epg_statistics;
            GRANT USAGE ON SCHEMA epg_statistics TO pg_read_all_stats; -- who may see all statistics may see these
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'pg_stat_statements needs a superuser: slowest_queries stays empty until one creates it';
        END;
    END IF;
END
$$;

CREATE FUNCTION query_statistics()
RETURNS TABLE (query text, calls bigint, rows_given bigint, total_ms double precision, mean_ms double precision, max_ms double precision)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    place text;
BEGIN
    -- Where the extension lies differs from server to server, and it may be created or dropped at any time.
    SELECT n.nspname INTO place FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements';
    IF place IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT s.query, s.calls, s.rows, s.total_exec_time, s.mean_exec_time, s.max_exec_time FROM %I.pg_stat_statements AS s '
        'WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())',
        place
    );
EXCEPTION WHEN object_not_in_prerequisite_state THEN -- created, but the server did not load it
    RETURN;
END
$$;
COMMENT ON FUNCTION query_statistics IS 'What pg_stat_statements counts of this database; no rows where the server does not have it.';

CREATE VIEW slowest_queries AS
SELECT
    calls,
    round(mean_ms::numeric, 2) AS mean_ms,
    round(max_ms::numeric, 2) AS max_ms,
    round(total_ms::numeric) AS total_ms,
    round((100 * total_ms / nullif(sum(total_ms) OVER (), 0))::numeric, 1) AS percent_of_time,
    rows_given,
    query
FROM query_statistics()
ORDER BY query_statistics.total_ms DESC;
COMMENT ON VIEW slowest_queries IS 'The queries that took the most time in sum since the statistics were reset; values are left out.';

-- As in 0003: a hosted database must not serve these over the web. A function would be served too, by its name.
REVOKE EXECUTE ON FUNCTION query_statistics FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
        REVOKE ALL ON provider_totals, table_sizes, growth_per_day, match_rates_weekly, match_rates_yesterday, slowest_queries
            FROM anon, authenticated;
        REVOKE ALL ON FUNCTION query_statistics FROM anon, authenticated;
    END IF;
END
$$;
