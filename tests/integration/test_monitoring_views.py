"""The views for those who watch the database: they tell what is on record, and to nobody it is not for."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from store_frames import DAY, channels, decisions, events, programmes, save_events

DOCS = Path(__file__).parents[2] / "docs" / "monitoring.md"
VIEWS = (
    "provider_totals",
    "table_sizes",
    "growth_per_day",
    "match_rates_weekly",
    "match_rates_yesterday",
    "slowest_queries",
)


@pytest.fixture
def connection(store, provider, database):
    """A superuser's connection to a database with one day of one provider."""
    store.slots.save(provider, DAY, channels())
    save_events(store, events())
    store.decisions.save(provider, DAY, decisions())
    store.programmes.save(provider, DAY, programmes())
    with psycopg.connect(database, autocommit=True) as opened:
        yield opened


def _rows(connection, query: str, *values) -> list[tuple]:
    return connection.execute(query, values).fetchall()


def test_a_provider_is_counted_with_its_channels_and_programmes(connection, store):
    store.providers.add("Empty", "http://tv.example/list.m3u", "UTC", "kid")
    totals = _rows(
        connection, "SELECT provider, channels, families, programmes, first_day, last_day FROM provider_totals"
    )
    assert sorted(totals) == [("demo", 3, 1, 36, DAY, DAY), ("empty", 0, 0, 0, None, None)]


def test_channels_that_left_the_playlist_are_counted_apart(connection, store, provider):
    store.slots.save(provider, DAY + timedelta(days=1), channels(2))
    assert _rows(connection, "SELECT channels, channels_gone FROM provider_totals") == [(2, 1)]


def test_sizes_are_of_every_table_and_of_ours_alone(connection):
    connection.execute("ANALYZE")
    sizes = {
        name: (rows, size)
        for name, rows, size in _rows(connection, "SELECT table_name, rows_about, total_bytes FROM table_sizes")
    }
    ours = {name for (name,) in _rows(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert set(sizes) == ours
    assert sizes["epg_data"][0] == 36
    assert all(size > 0 for _, size in sizes.values())


def test_growth_is_shown_by_day_and_table(connection):
    connection.execute("UPDATE epg_data SET created_at = now() - interval '3 days' WHERE block = 'live' AND id % 2 = 0")
    grown = _rows(
        connection,
        "SELECT (now() AT TIME ZONE 'UTC')::date - day, rows_added, bytes_about FROM growth_per_day "
        "WHERE table_name = 'epg_data' ORDER BY day",
    )
    assert [(ago, rows) for ago, rows, _ in grown] == [(3, 18), (0, 18)]
    assert all(size > 0 for *_, size in grown)


def test_weeks_begin_on_monday_and_name_their_worst_day(connection, store, provider):
    monday = DAY + timedelta(days=2)  # DAY is a Saturday
    for day in (monday, monday + timedelta(days=1)):
        store.decisions.save(
            provider,
            day,
            decisions(match_status=["matched", "matched", "unparseable"], event_id=["game-0", "game-1", None])
            if day == monday
            else decisions(),
        )
    weeks = _rows(
        connection,
        "SELECT week, days, slots, match_rate::float, lowest_rate::float, lowest_day "
        "FROM match_rates_weekly ORDER BY week",
    )
    assert weeks == [
        (DAY - timedelta(days=5), 1, 3, 0.5, 0.5, DAY),
        (monday, 2, 6, 0.75, 0.5, monday + timedelta(days=1)),
    ]


def test_the_worst_of_yesterday_stand_first_and_beside_what_is_usual(connection, store, provider):
    """Yesterday is each provider's own: between midnight in Tokyo and midnight in New York they differ."""
    store.providers.add("Silent", "http://tv.example/list.m3u", "Asia/Tokyo", "kid")
    paused = store.providers.add("Paused", "http://tv.example/list.m3u", "UTC", "kid")
    store.providers.pause(paused)
    with connection.transaction():  # now() stands still in it
        connection.execute("UPDATE parsed_data SET day = (now() AT TIME ZONE 'America/New_York')::date - 1")
        connection.execute(
            "INSERT INTO parsed_data "
            "(channel_name_id, day, position, name, kind, title, match_status, event_id, confidence) "
            "SELECT channel_name_id, day - 7, position, name, kind, title, 'matched', 'game-0', 1 FROM parsed_data "
            "WHERE kind = 'event'"
        )
        worst = _rows(
            connection,
            "SELECT provider, day - (now() AT TIME ZONE zone)::date, slots, match_rate::float, usual_rate::float, "
            "change::float FROM match_rates_yesterday "
            "JOIN (VALUES ('demo', 'America/New_York'), ('silent', 'Asia/Tokyo')) AS zones (name, zone) "
            "ON name = provider",
        )
        every = _rows(connection, "SELECT provider FROM match_rates_yesterday")
    assert worst == [("silent", -1, None, None, None, None), ("demo", -1, 3, 0.5, 1.0, -0.5)]
    assert every == [("silent",), ("demo",)]


def test_slow_queries_are_shown_without_their_values(connection, store):
    connection.execute("SELECT count(*), %s FROM providers WHERE name = %s", ("hunter2", "of nobody"))
    connection.execute("SELECT pg_sleep(0.01), 'hunter2' AS secret")
    queries = _rows(connection, "SELECT query, calls, mean_ms FROM slowest_queries")
    if not queries:
        pytest.skip("this server does not load pg_stat_statements")
    [(_, calls, mean)] = [row for row in queries if "pg_sleep" in row[0]]
    assert calls == 1
    assert mean >= 10
    assert not [query for query, *_ in queries if "hunter2" in query]


def test_without_its_extension_the_view_of_slow_queries_is_empty(connection):
    connection.execute("DROP EXTENSION IF EXISTS pg_stat_statements")
    assert _rows(connection, "SELECT * FROM slowest_queries") == []


def test_an_extension_that_lies_elsewhere_is_found(connection):
    if not _rows(connection, "SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        pytest.skip("this server does not load pg_stat_statements")
    connection.execute('CREATE SCHEMA "Extra"')
    connection.execute('ALTER EXTENSION pg_stat_statements SET SCHEMA "Extra"')
    assert _rows(connection, "SELECT count(*) > 0 FROM slowest_queries") == [(True,)]


def test_a_stranger_sees_no_view(connection):
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE ROLE epg_stranger")
        connection.execute("SET LOCAL ROLE epg_stranger")
        for view in (*VIEWS, "query_statistics()"):
            _is_refused(connection, view)


def _is_refused(connection, relation: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
        connection.execute(f"SELECT * FROM {relation}")  # noqa: S608 - names from this file


def _queries() -> list[str]:
    blocks = re.findall(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)
    return [query.strip() for block in blocks for query in block.split(";") if query.strip()]


def test_every_query_of_the_documentation_runs(connection):
    with connection.transaction(force_rollback=True):
        for query in _queries():
            connection.execute(query)


def test_an_account_that_only_looks_sees_the_views_and_no_table(connection):
    grants = [query for query in _queries() if query.startswith(("CREATE ROLE", "GRANT"))]
    assert grants
    with connection.transaction(force_rollback=True):
        for grant in grants:
            connection.execute(grant)
        connection.execute("SET LOCAL ROLE epg_watcher")
        for view in VIEWS:
            connection.execute(f"SELECT * FROM {view}")  # noqa: S608 - names from this file
        _is_refused(connection, "providers")
