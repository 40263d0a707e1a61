-- Publishing the same content again adds no row.
INSERT INTO publications (
    provider_id, day, path, tier, sha256, byte_count, channel_count, programme_count, programmes_by_day
)
SELECT
    %(provider)s, %(day)s, %(path)s, %(tier)s, %(sha256)s, %(byte_count)s, %(channel_count)s, %(programme_count)s,
    %(programmes_by_day)s
WHERE NOT EXISTS (
    SELECT
    FROM (
        SELECT sha256, tier
        FROM publications
        WHERE provider_id = %(provider)s AND path = %(path)s
        ORDER BY id DESC
        LIMIT 1
    ) AS latest
    WHERE latest.sha256 = %(sha256)s AND latest.tier = %(tier)s
)
