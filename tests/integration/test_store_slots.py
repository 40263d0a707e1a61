"""Slots keep their channel for ever, and every day its names."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from store_frames import DAY, channels

from epg_pipeline.domain.frames import CHANNELS, conform
from epg_pipeline.errors import ContractError, StoreError

NEXT = DAY + timedelta(days=1)


def _rows(store, query: str, *values: object) -> list[tuple]:
    with store.connections.transaction() as connection:
        return connection.execute(query, values or None).fetchall()


def _renamed(frame: pl.DataFrame, slot: str, name: str) -> pl.DataFrame:
    return frame.with_columns(name=pl.when(pl.col("slot") == slot).then(pl.lit(name)).otherwise("name"))


def test_channels_come_back_as_they_were_saved(store, provider):
    saved = channels(5)
    changes = store.slots.save(provider, DAY, saved)
    assert (changes.added, changes.changed, changes.removed, changes.unchanged) == (5, 0, 0, 0)
    read = store.slots.channels(provider, DAY)
    conform(read, CHANNELS, "channels")
    assert read.equals(saved)


def test_a_day_before_the_first_has_no_channels(store, provider):
    store.slots.save(provider, DAY, channels())
    assert store.slots.channels(provider, DAY - timedelta(days=1)).is_empty()
    assert store.slots.channels(provider, NEXT).height == 3  # the latest earlier day's


def test_no_address_is_stored_in_clear(store, provider):
    store.slots.save(provider, DAY, channels())
    stored = _rows(
        store,
        "SELECT t::text FROM providers AS t UNION ALL SELECT t::text FROM channel_names AS t "
        "UNION ALL SELECT t::text FROM slot_names AS t",
    )
    assert len(stored) == 7
    for (row,) in stored:
        assert "hunter2" not in row
        assert b"hunter2".hex() not in row  # as a bytes column would show it


def test_saving_the_same_slots_again_writes_no_row(store, provider):
    store.slots.save(provider, DAY, channels())
    before = _rows(
        store,
        "SELECT xmin::text, ctid::text FROM channel_names UNION ALL SELECT xmin::text, ctid::text FROM slot_names",
    )
    again = store.slots.save(provider, DAY, channels())
    after = _rows(
        store,
        "SELECT xmin::text, ctid::text FROM channel_names UNION ALL SELECT xmin::text, ctid::text FROM slot_names",
    )
    assert (again.written, again.unchanged) == (0, 3)
    assert after == before


def test_changes_are_counted_against_what_was_stored_last(store, provider):
    store.slots.save(provider, DAY, channels(3))
    changes = store.slots.save(provider, NEXT, _renamed(channels(4)[1:], "NBA 02", "NBA 02 :"))
    assert (changes.added, changes.changed, changes.removed, changes.unchanged) == (1, 1, 1, 1)
    again = store.slots.save(provider, NEXT, _renamed(channels(4)[1:], "NBA 02", "NBA 02 :"))
    assert (again.added, again.changed, again.removed, again.unchanged, again.written) == (0, 0, 0, 3, 0)


def test_each_day_remembers_how_it_differed_from_the_day_before(store, provider):
    store.slots.save(provider, DAY, channels(3))
    store.slots.save(provider, NEXT, _renamed(channels(4)[1:], "NBA 02", "NBA 02 :"))
    rows = _rows(
        store,
        "SELECT c.slot, s.change, s.name FROM slot_names AS s JOIN channel_names AS c ON c.id = s.channel_name_id "
        "WHERE s.day = %s ORDER BY c.slot",
        NEXT,
    )
    assert [(slot, change) for slot, change, _ in rows] == [
        ("NBA 01", "removed"),
        ("NBA 02", "changed"),
        ("NBA 03", "unchanged"),
        ("NBA 04", "added"),
    ]
    assert rows[0][2] == channels(1)["name"][0]


def test_a_slot_that_goes_during_the_day_and_comes_back(store, provider):
    store.slots.save(provider, DAY, channels(3))
    gone = store.slots.save(provider, DAY, channels(2))
    assert (gone.removed, gone.unchanged) == (1, 2)
    assert store.slots.channels(provider, DAY)["slot"].to_list() == ["NBA 01", "NBA 02"]
    assert _rows(store, "SELECT slot FROM channel_names WHERE record_status = 'removed'") == [("NBA 03",)]
    back = store.slots.save(provider, DAY, channels(3))
    assert (back.added, back.unchanged) == (1, 2)
    assert store.slots.channels(provider, DAY).equals(channels(3))
    assert _rows(store, "SELECT count(*) FROM channel_names WHERE record_status = 'active'") == [(3,)]


def test_a_slot_removed_a_day_is_not_reported_again_the_day_after(store, provider):
    store.slots.save(provider, DAY, channels(3))
    store.slots.save(provider, NEXT, channels(2))
    third = store.slots.save(provider, NEXT + timedelta(days=1), channels(2))
    assert (third.removed, third.unchanged) == (0, 2)


def test_a_backfilled_day_leaves_what_is_known_of_later_days_alone(store, provider):
    store.slots.save(provider, NEXT, channels(2))
    older = channels(3, name=["old 1", "old 2", "old 3"], url=["http://old.example/"] * 3)
    store.slots.save(provider, DAY, older)
    assert store.slots.channels(provider, NEXT).equals(channels(2))
    assert store.slots.channels(provider, DAY)["name"].to_list() == ["old 1", "old 2", "old 3"]
    rows = _rows(
        store, "SELECT slot, name LIKE 'old%', first_seen, last_seen, record_status FROM channel_names ORDER BY slot"
    )
    assert rows == [
        ("NBA 01", False, DAY, NEXT, "active"),
        ("NBA 02", False, DAY, NEXT, "active"),
        ("NBA 03", True, DAY, DAY, "removed"),
    ]
    assert store.slots.save(provider, DAY, older).written == 0


def test_a_slot_keeps_its_first_channel_id(store, provider):
    store.slots.save(provider, DAY, channels(2))
    store.slots.save(provider, NEXT, channels(2, channel_id=["Renamed.demo", "Renamed-too.demo"]))
    assert store.slots.channels(provider, NEXT)["channel_id"].to_list() == ["NBA-01.demo", "NBA-02.demo"]


def test_a_new_slot_never_gets_an_id_that_another_slot_has_whatever_its_case(store, provider):
    store.slots.save(provider, DAY, channels(1))
    rivals = channels(
        3, slot=["NBA-01", "nba 01", "NBA 01"], channel_id=["NBA-01.demo", "nba-01.demo", "NBA-01-2.demo"]
    )
    store.slots.save(provider, NEXT, rivals)
    by_slot = dict(store.slots.channels(provider, NEXT).select("slot", "channel_id").iter_rows())
    assert by_slot == {"NBA-01": "NBA-01-2.demo", "nba 01": "nba-01-3.demo", "NBA 01": "NBA-01.demo"}


def test_two_providers_may_have_the_same_slots(store, provider):
    other = store.providers.add("Acme", "http://acme.example/", "UTC", "kid")
    store.slots.save(provider, DAY, channels(2))
    store.slots.save(other, DAY, channels(3))
    assert (store.slots.channels(provider, DAY).height, store.slots.channels(other, DAY).height) == (2, 3)


def test_of_a_slot_named_twice_the_first_in_the_playlist_stays(store, provider):
    twice = pl.concat([channels(2), channels(1, position=[5], channel_id=["x.demo"], name=["the first"])])
    changes = store.slots.save(provider, DAY, twice)
    assert changes.added == 2
    assert store.slots.channels(provider, DAY)["name"][0] == "the first"


def test_a_playlist_without_slots_removes_them_all(store, provider):
    store.slots.save(provider, DAY, channels(2))
    changes = store.slots.save(provider, NEXT, channels(0))
    assert (changes.removed, changes.unchanged) == (2, 0)
    assert store.slots.channels(provider, NEXT).is_empty()
    assert store.slots.save(provider, NEXT, channels(0)).written == 0


def test_a_frame_that_breaks_the_contract_stores_nothing(store, provider):
    with pytest.raises(ContractError, match="column name is missing"):
        store.slots.save(provider, DAY, channels(2).drop("name"))
    assert store.slots.channels(provider, DAY).is_empty()


def test_an_id_that_players_would_refuse_stores_nothing(store, provider):
    with pytest.raises(StoreError, match="channel_names: channel_names_channel_id_check"):
        store.slots.save(provider, DAY, channels(2, channel_id=["NBA 01", "NBA-02.demo"]))
    assert _rows(store, "SELECT count(*) FROM channel_names") == [(0,)]
