"""Several at once, and killed in the middle: the record stays whole, and a second run makes it right."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from psycopg.conninfo import make_conninfo
from store_frames import DAY, OPENS, channels, decisions, events, programmes, save_events

from epg_pipeline.adapters.store.frames import SaveResult
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.errors import StoreError

TESTS = Path(__file__).parent
CLOSES = OPENS + timedelta(days=1)

# Stores a day, and stops for ever inside the last transaction, before it is committed.
VICTIM = """
import sys, time
from pathlib import Path
from epg_pipeline.adapters.store import programmes as programme_rows
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from store_frames import DAY, channels, decisions, events, programmes, save_events

seal = Seal("a key for tests, of no worth at all")
store = Store(sys.argv[1], seal, SnapshotFiles(Path(sys.argv[2]), seal))
provider = store.providers.find("demo")
store.playlists.save(provider, DAY, b"#EXTM3U", 0)
store.slots.save(provider, DAY, channels())
save_events(store, events())
store.decisions.save(provider, DAY, decisions())
whole = programme_rows.upsert
def half(*given):
    whole(*given)
    print("half way", flush=True)
    time.sleep(60)
programme_rows.upsert = half
with store.lock(provider, DAY):
    store.programmes.save(provider, DAY, programmes())
"""


def _store_day(store, provider) -> list[object]:
    store.playlists.save(provider, DAY, b"#EXTM3U", 0)
    store.slots.save(provider, DAY, channels())
    return [
        save_events(store, events()),
        store.decisions.save(provider, DAY, decisions()),
        store.programmes.save(provider, DAY, programmes()),
    ]


def test_killed_in_the_middle_of_a_save_and_run_again_gives_what_an_undisturbed_run_gives(
    store, provider, database, tmp_path
):
    command = [sys.executable, "-c", VICTIM, database, str(tmp_path / "snapshots")]
    environment = {"PYTHONPATH": f"{TESTS}:{TESTS.parent}:{TESTS.parents[1]}", "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as victim:
        assert victim.stdout.readline() == "half way\n"
        victim.kill()
        victim.wait()
    assert store.programmes.between(provider, OPENS, CLOSES).is_empty()  # nothing of the broken save
    with store.lock(provider, DAY):  # nor does it keep anyone out
        assert _store_day(store, provider) == [SaveResult(0, 2), SaveResult(0, 3), SaveResult(36, 0)]
    assert store.programmes.between(provider, OPENS, CLOSES).equals(programmes())
    assert store.decisions.of_day(provider, DAY).equals(decisions())
    assert store.slots.channels(provider, DAY).equals(channels())


def test_a_second_run_of_the_same_day_waits_for_the_first(store, provider):
    order = []

    def second() -> None:
        with store.lock(provider, DAY):
            order.append("second")

    with store.lock(provider, DAY):
        waiting = threading.Thread(target=second)
        waiting.start()
        with store.connections.transaction() as connection:
            waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            deadline = time.monotonic() + 300
            while connection.execute(waits).fetchone() != (1,) and time.monotonic() < deadline:
                time.sleep(0.01)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_other_days_and_other_providers_do_not_wait(store, provider):
    other = store.providers.add("Acme", "http://acme.example/", "UTC", "kid")
    with store.lock(provider, DAY), store.lock(provider, DAY + timedelta(days=1)), store.lock(other, DAY):
        pass


def test_a_lock_ends_with_an_error_inside_it(store, provider):
    with pytest.raises(ZeroDivisionError), store.lock(provider, DAY):
        _ = 1 / 0
    with store.lock(provider, DAY):
        pass


def test_threads_share_a_store(store, provider):
    store.slots.save(provider, DAY, channels(20))

    def save_and_read(number: int) -> int:
        ahead = timedelta(days=number)
        shifted = programmes(20).with_columns(pl.col("starts_at", "stops_at") + ahead)
        store.programmes.save(provider, DAY + ahead, shifted)
        return store.programmes.between(provider, OPENS + ahead, CLOSES + ahead).height

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(save_and_read, range(8))) == [240] * 8


def test_several_writers_of_the_same_new_rows_do_not_fail(store):
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(save_events, [store] * 4, [events(500)] * 4))
    assert sum(one.written + one.unchanged for one in written) == 2000
    assert store.events.between(DAY, DAY + timedelta(days=21)).height == 500


def _end_all_sessions(store, database) -> None:
    with (
        Store(database, store.slots._seal, store.playlists._files) as another,
        another.connections.transaction() as connection,
    ):
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_connection_that_broke_inside_a_transaction_is_an_error_and_replaced_after(store, provider, database):
    with pytest.raises(StoreError, match=r"The database broke off.*run it again"), store.lock(provider, DAY):
        _end_all_sessions(store, database)
    assert store.providers.all() == [provider]


def test_a_connection_that_broke_while_it_was_not_used_goes_unnoticed(store, provider, database):
    store.providers.all()
    _end_all_sessions(store, database)
    assert store.providers.all() == [provider]


def test_a_read_only_database_is_reported_as_such(database, store, provider):
    standby = make_conninfo(database, options="-c default_transaction_read_only=on")
    with Store(standby, store.slots._seal, store.playlists._files) as reading:
        assert reading.providers.all() == [provider]
        with pytest.raises(StoreError, match=r"read-only.*EPG_DATABASE_URL"):
            save_events(reading, events())
