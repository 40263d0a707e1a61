-- Every provider with how it stands: "today" is the date in its own zone. Rates are over the slots
-- that name an event, and those found to be one: a card or a race is found without its name being one of two sides.
-- A day with fewer than fewest_events of them has no rate and counts for none: one name more or less would turn it.
WITH known AS (
    SELECT id, slug, name, timezone, tier, status, (%(now)s::timestamptz AT TIME ZONE timezone)::date AS today
    FROM providers
    WHERE record_status = 'active'
),
decided AS (
    SELECT
        k.id,
        d.day = k.today AS is_today,
        d.day,
        count(*) FILTER (WHERE d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL) AS matched,
        count(*) FILTER (
            WHERE d.kind = 'event' OR (d.match_status IN ('matched', 'manual') AND d.event_id IS NOT NULL)
        ) AS events
    FROM known AS k
    JOIN channel_names AS c ON c.provider_id = k.id
    JOIN parsed_data AS d ON d.channel_name_id = c.id
    WHERE d.record_status = 'active' AND d.day BETWEEN k.today - %(days)s::int AND k.today
    GROUP BY k.id, k.today, d.day
),
before AS (
    SELECT id, sum(matched)::float8 / sum(events) AS rate
    FROM decided
    WHERE NOT is_today AND events >= %(fewest_events)s
    GROUP BY id
)
SELECT
    k.slug, k.name, k.timezone, k.tier, k.status, k.today,
    (SELECT count(*) FROM channel_names AS c WHERE c.provider_id = k.id AND c.record_status = 'active') AS slots,
    l.checked_at AS fetched_at, COALESCE(l.problem, '') AS fetch_problem,
    (SELECT max(s.fetched_at) FROM playlist_snapshots AS s WHERE s.provider_id = k.id) AS changed_at,
    p.published_at,
    p.published_day,
    COALESCE(now_.events, 0) AS events_today,
    CASE WHEN now_.events >= %(fewest_events)s THEN now_.matched::float8 / now_.events END AS rate_today,
    before.rate AS rate_before
FROM known AS k
LEFT JOIN playlist_checks AS l ON l.provider_id = k.id
LEFT JOIN LATERAL (
    SELECT u.published_at, u.day AS published_day
    FROM publications AS u
    WHERE u.provider_id = k.id AND u.path = k.slug || '/guide.xml'
    ORDER BY u.id DESC
    LIMIT 1
) AS p ON true
LEFT JOIN decided AS now_ ON now_.id = k.id AND now_.is_today
LEFT JOIN before ON before.id = k.id
ORDER BY k.name
