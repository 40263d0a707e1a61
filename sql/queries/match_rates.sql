SELECT day, slots, matched, partial, unmatched, unparseable, match_rate::double precision AS match_rate
FROM match_rates
WHERE provider = %(provider)s AND day BETWEEN %(first)s AND %(last)s
ORDER BY day
