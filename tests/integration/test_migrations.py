"""Each migration is applied once, in order, and never changes afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from epg_pipeline.adapters.store.connections import Connections
from epg_pipeline.adapters.store.migrations import migrate, read_migrations
from epg_pipeline.adapters.store.sql_files import MIGRATIONS
from epg_pipeline.errors import StoreError

FIRST = "CREATE TABLE one (a integer); -- two statements\nINSERT INTO one VALUES (1);"
SECOND = "ALTER TABLE one ADD COLUMN b text DEFAULT '100% ''sure''; $$';"


@pytest.fixture
def connections(empty_database):
    opened = Connections(empty_database)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "0001_one.sql").write_text(FIRST)
    return tmp_path


def _rows(connections, query: str) -> list[tuple]:
    with connections.transaction() as connection:
        return connection.execute(query).fetchall()


def test_files_are_applied_once_in_order_and_new_ones_later(connections, folder):
    assert migrate(connections, folder) == ["0001_one.sql"]
    assert migrate(connections, folder) == []
    (folder / "0002_two.sql").write_text(SECOND)
    assert migrate(connections, folder) == ["0002_two.sql"]
    assert _rows(connections, "SELECT a, b FROM one") == [(1, "100% 'sure'; $$")]
    assert _rows(connections, "SELECT version, name FROM epg_migrations ORDER BY 1") == [
        (1, "0001_one.sql"),
        (2, "0002_two.sql"),
    ]


def test_a_checkout_with_windows_line_ends_is_the_same_migration(connections, folder):
    migrate(connections, folder)
    (folder / "0001_one.sql").write_bytes(FIRST.replace("\n", "\r\n").encode())
    assert migrate(connections, folder) == []


def test_processes_that_migrate_at_once_apply_each_file_once(empty_database, folder):
    (folder / "0002_two.sql").write_text(SECOND)

    def migrate_once(_number: int) -> list[str]:
        connections = Connections(empty_database)
        try:
            return migrate(connections, folder)
        finally:
            connections.close()

    with ThreadPoolExecutor(6) as pool:
        done = [name for names in pool.map(migrate_once, range(6)) for name in names]
    assert sorted(done) == ["0001_one.sql", "0002_two.sql"]


def test_a_changed_file_is_an_error_that_names_it_and_says_what_to_do(connections, folder):
    migrate(connections, folder)
    (folder / "0001_one.sql").write_text(FIRST + "\n")
    with pytest.raises(StoreError, match=r"0001_one\.sql was changed after it was applied.*into a new migration"):
        migrate(connections, folder)


def test_a_renamed_file_is_an_error_that_gives_its_old_name(connections, folder):
    migrate(connections, folder)
    (folder / "0001_one.sql").rename(folder / "0001_uno.sql")
    with pytest.raises(StoreError, match=r"0001_uno\.sql was changed after it was applied \(as 0001_one\.sql\)"):
        migrate(connections, folder)


def test_a_database_of_a_newer_version_is_left_alone(connections, folder):
    (folder / "0002_two.sql").write_text(SECOND)
    migrate(connections, folder)
    (folder / "0002_two.sql").unlink()
    with pytest.raises(StoreError, match=r"newer epg-pipeline \(0002_two\.sql\)\. Install that version"):
        migrate(connections, folder)


def test_a_record_with_a_gap_is_refused(connections, folder):
    (folder / "0002_two.sql").write_text(SECOND)
    migrate(connections, folder)
    with connections.transaction() as connection:
        connection.execute("DELETE FROM epg_migrations WHERE version = 1")
    with pytest.raises(StoreError, match=r"lacks 0001_one\.sql, but has a later one"):
        migrate(connections, folder)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("0003_three.sql", r"0003_three\.sql stands where number 0002 should"),
        ("0001_again.sql", r"0001_one\.sql stands where number 0002 should"),
        ("2_two.sql", r"2_two\.sql: a migration is named NNNN_what_it_does\.sql"),
    ],
)
def test_misnumbered_files_are_refused_before_anything_is_applied(connections, folder, name, says):
    (folder / name).write_text("SELECT 1")
    with pytest.raises(StoreError, match=says):
        migrate(connections, folder)
    assert _rows(connections, "SELECT to_regclass('one')") == [(None,)]


def test_an_installation_without_migrations_is_an_error(connections, tmp_path):
    with pytest.raises(StoreError, match="holds no migrations"):
        migrate(connections, tmp_path)


def test_a_failing_file_leaves_nothing_of_itself_and_all_before_it(connections, folder):
    (folder / "0002_two.sql").write_text("CREATE TABLE two (a integer); SELECT 1 / 0;")
    with pytest.raises(StoreError, match=r"0002_two\.sql failed: division by zero\. Nothing of it was applied"):
        migrate(connections, folder)
    assert _rows(connections, "SELECT to_regclass('one')::text, to_regclass('two')::text") == [("one", None)]
    (folder / "0002_two.sql").write_text("CREATE TABLE two (a integer)")
    assert migrate(connections, folder) == ["0002_two.sql"]


def test_the_projects_own_migrations_make_tables_that_say_what_they_are_for(connections):
    migrate(connections, MIGRATIONS)
    assert len(read_migrations(MIGRATIONS)) >= 2
    comments = _rows(
        connections,
        "SELECT c.relname, obj_description(c.oid) FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace "
        "AND c.relkind IN ('r', 'v') AND c.relname <> 'epg_migrations'",
    )
    names = {name for name, _ in comments}
    assert {"providers", "channel_names", "parsed_data", "teams", "team_aliases", "events", "epg_data"} <= names
    assert [name for name, comment in comments if not comment] == []


def test_lists_of_active_rows_have_an_index_of_their_own(connections):
    migrate(connections, MIGRATIONS)
    partial = _rows(
        connections,
        "SELECT DISTINCT tablename FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%WHERE%active%'",
    )
    assert {name for (name,) in partial} >= {
        "channel_names",
        "events",
        "parsed_data",
        "teams",
        "team_aliases",
        "epg_data",
    }


def test_tables_are_closed_to_the_roles_a_hosted_database_serves_over_the_web(connections, empty_database):
    with connections.transaction() as connection:
        connection.execute(
            "DO $$ BEGIN CREATE ROLE anon; CREATE ROLE authenticated; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        connection.execute("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO anon, authenticated")
    migrate(connections, MIGRATIONS)
    open_ones = _rows(
        connections,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') "
        "AND (has_table_privilege('anon', oid, 'SELECT') OR has_table_privilege('authenticated', oid, 'SELECT'))",
    )
    assert open_ones == []
