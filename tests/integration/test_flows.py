"""A provider's day from playlist to guide, over the real database."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from lxml import etree
from small_provider import DAY, EVENTS, NAMES, PASSWORD, ZONE, Answer, events_file, playlist, site

from epg_pipeline.adapters.web.event_files import read_events
from epg_pipeline.adapters.web.playlists import fetch_playlist
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.frames import DECISIONS
from epg_pipeline.domain.reading import dating, entries
from epg_pipeline.errors import FlowError
from epg_pipeline.flows import dry_run, matching, playlists, provider_day
from epg_pipeline.flows import events as event_flows

NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(
        playlists, "fetch_playlist", lambda address, **known: fetch_playlist(address, pause=0.01, attempts=2, **known)
    )


@pytest.fixture
def list_file(tmp_path):
    file = tmp_path / "list.m3u"
    file.write_bytes(playlist())
    return file


@pytest.fixture
def club(store, list_file, tmp_path):
    """A provider with a playlist file, its events on record."""
    event_flows.import_events(store, events_file(tmp_path / "events.jsonl"))
    return store.providers.add("Club", str(list_file), ZONE, "goat")


def refresh(store, provider, settings, day=DAY, as_of=DAY):
    return provider_day.refresh_provider(store, provider, day, as_of, settings)


def programmes(path):
    return [
        (p.get("channel"), p.get("start"), p.get("stop"), p.findtext("title"))
        for p in etree.parse(path).iterfind("programme")
    ]


def test_a_playlist_becomes_a_guide(store, club, settings):
    run = refresh(store, club, settings)
    assert (run.snapshotted.entries, run.filtered.slots) == (7, 5)
    assert run.matched[0].statuses == {"matched": 2, "unmatched": 2, "unparseable": 1}
    assert run.quarantined == ()
    names = {path.relative_to(settings.dist).as_posix() for path in run.published.files}
    assert names == {
        *(f"club/{DAY}/{name}" for name in ("guide.xml", "guide.xml.gz", "report.html")),
        *(f"club/{name}" for name in ("guide.xml", "guide.xml.gz", "index.html", "report.html", "playlist.m3u")),
    }
    live = [
        p
        for p in programmes(settings.dist / "club" / "guide.xml")
        if p[0] == "NBA-01.club" and "Heat" in p[3] and "🏀" in p[3]
    ]
    assert [start for _, start, _, _ in live] == ["20251018233000 +0000"]


def test_a_second_run_changes_nothing(store, club, settings):
    first = refresh(store, club, settings)
    before = {path: path.read_bytes() for path in first.published.files}
    again = refresh(store, club, settings)
    assert again.rows_written == 0
    assert again.rows_unchanged == first.rows_written
    assert (again.filtered.added, again.filtered.changed, again.filtered.unchanged) == (0, 0, 5)
    assert {path: path.read_bytes() for path in again.published.files} == before


def test_a_name_without_a_date_is_of_the_day_of_its_playlist(store, club, settings):
    refresh(store, club, settings)
    tomorrow = ProviderDay(NEXT, ZONE)
    shown = store.programmes.between(club, tomorrow.opens + timedelta(hours=6), tomorrow.closes)
    assert shown.height > 0
    assert shown.filter(pl.col("block") == "live").is_empty()


def test_a_live_block_past_midnight_shows_whole_on_both_days_and_neither_needs_the_other(store, club, settings):
    refresh(store, club, settings)
    provider_day.publish_provider(store, club, NEXT, DAY, settings)
    for day in (DAY, NEXT):
        live = [row for row in programmes(settings.dist / "club" / str(day) / "guide.xml") if "🏀 Utah" in row[3]]
        assert [row[:3] for row in live] == [("NBA-02.club", "20251019030000 +0000", "20251019053000 +0000")]
    midnight = ProviderDay(NEXT, ZONE).opens
    kept = store.programmes.between(club, midnight, midnight + timedelta(hours=1)).filter(
        pl.col("channel_id") == "NBA-02.club"
    )
    assert midnight in kept["starts_at"].to_list()  # the evening can be made again without it: no gap follows


def test_every_channel_has_its_whole_day_without_overlap(store, club, settings):
    refresh(store, club, settings)
    rows = sorted(programmes(settings.dist / "club" / str(DAY) / "guide.xml"))
    day = ProviderDay(DAY, ZONE)
    for channel in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == channel]
        assert own[0][1] == f"{day.opens:%Y%m%d%H%M%S} +0000"
        assert own[-1][2] >= f"{day.closes:%Y%m%d%H%M%S} +0000"
        assert all(before[2] == after[1] for before, after in pairwise(own))


def test_a_past_day_leaves_the_current_guide_alone(store, club, settings):
    refresh(store, club, settings, as_of=DAY + timedelta(days=30))
    assert (settings.dist / "club" / str(DAY) / "guide.xml").exists()
    assert not (settings.dist / "club" / "guide.xml").exists()


def test_publishing_asks_nobody(store, settings, monkeypatch, tmp_path):
    with site(Answer(body=playlist())) as server:
        club = store.providers.add("Club", server.address, ZONE, "buck")
        refresh(store, club, settings)
        asked = len(server.requests)
        monkeypatch.setattr("socket.getaddrinfo", None)  # what every HTTP request would begin with
        provider_day.publish_provider(store, club, NEXT, NEXT, settings)  # a day further: one day of the window is new
        assert len(server.requests) == asked
    last = ProviderDay(NEXT + timedelta(days=2), ZONE)
    assert programmes(settings.dist / "club" / "guide.xml")[-1][2] >= f"{last.closes:%Y%m%d%H%M%S} +0000"


def test_a_playlist_that_fails_leaves_the_last_good_one_in_force(store, settings):
    with site(Answer(body=playlist()), Answer(status=500)) as server:
        club = store.providers.add("Club", server.address, ZONE, "buck")
        first = refresh(store, club, settings)
        second = refresh(store, club, settings, NEXT, NEXT)
    assert "HTTP 500" in second.snapshotted.problem
    assert PASSWORD not in second.snapshotted.problem
    assert second.snapshotted.content_hash == first.snapshotted.content_hash
    assert second.filtered.slots == 5


def test_a_web_page_instead_of_the_playlist_is_no_playlist(store, settings):
    with site(Answer(body=playlist()), Answer(body=b"<html>expired</html>")) as server:
        club = store.providers.add("Club", server.address, ZONE, "buck")
        refresh(store, club, settings)
        assert "web page" in refresh(store, club, settings).snapshotted.problem


def test_without_any_good_playlist_the_run_fails_in_words(store, settings):
    with site(Answer(status=403)) as server:
        club = store.providers.add("Club", server.address, ZONE, "buck")
        with pytest.raises(FlowError, match=r"Club: http://127\.0\.0\.1:.*access refused") as caught:
            refresh(store, club, settings)
    assert PASSWORD not in str(caught.value)


def test_an_unchanged_playlist_is_asked_for_by_its_tag(store, settings):
    with site(Answer(body=playlist(), headers={"ETag": '"v1"'})) as server:
        club = store.providers.add("Club", server.address, ZONE, "buck")
        refresh(store, club, settings)
        second = refresh(store, club, settings)
        assert server.requests[1][1]["if-none-match"] == '"v1"'
    assert (second.snapshotted.changed, second.snapshotted.problem, second.snapshotted.entries) == (False, "", 7)


def test_a_renamed_slot_keeps_its_channel(store, club, settings, list_file):
    refresh(store, club, settings)
    ids = dict(store.slots.channels(club, DAY).select("slot", "channel_id").iter_rows())
    list_file.write_bytes(
        playlist((NAMES[0], "NBA 02:", *NAMES[3:], "NBA 04: Boston Celtics vs Orlando Magic @ 8 PM ET"))
    )
    run = refresh(store, club, settings, NEXT, NEXT)
    assert (run.filtered.added, run.filtered.changed, run.filtered.removed) == (1, 1, 1)
    now = dict(store.slots.channels(club, NEXT).select("slot", "channel_id").iter_rows())
    assert {slot: ids[slot] for slot in now if slot in ids} == {slot: now[slot] for slot in now if slot in ids}


def test_a_slot_a_step_fails_on_is_quarantined_and_idle(store, club, settings, monkeypatch):
    read = matching.date_readings

    def fussy(slots, *rest):
        if slots["name"].str.contains("NBA 01").any():
            raise ValueError("no reading of this")
        return read(slots, *rest)

    monkeypatch.setattr(matching, "date_readings", fussy)
    run = refresh(store, club, settings)
    assert {(slot.stage, slot.name, slot.reason) for slot in run.quarantined} == {
        ("read", NAMES[0], "ValueError: no reading of this")
    }
    assert run.matched[0].statuses == {"matched": 1, "unmatched": 2, "unparseable": 2}
    titles = {
        title for channel, _, _, title in programmes(settings.dist / "club" / "guide.xml") if channel == "NBA-01.club"
    }
    assert titles == {"No Programming Today"}


def test_a_channel_that_can_not_be_scheduled_is_idle(store, club, settings, monkeypatch):
    whole = matching.schedule

    def fussy(decisions, channels, *rest):
        if decisions.height and channels["slot"].is_in(["NBA 01"]).any():
            raise ValueError("no blocks for this")
        return whole(decisions, channels, *rest)

    monkeypatch.setattr(matching, "schedule", fussy)
    run = refresh(store, club, settings)
    assert {slot.stage for slot in run.quarantined} == {"schedule"}
    assert len({row[0] for row in programmes(settings.dist / "club" / "guide.xml")}) == 5


def test_a_step_that_is_broken_altogether_is_an_error(store, club, settings, monkeypatch):
    def broken(*_):
        raise ValueError("always")

    monkeypatch.setattr(matching, "date_readings", broken)
    with pytest.raises(ValueError, match="always"):
        refresh(store, club, settings)


def test_a_refresh_reads_each_name_once(store, club, settings, monkeypatch):
    passes = []
    for module, name in ((entries, "read_opponents"), (entries, "cut_shells"), (dating, "read_times")):
        whole = getattr(module, name)

        def counting(frame, *rest, name=name, whole=whole):
            passes.append((name, frame.height))
            return whole(frame, *rest)

        monkeypatch.setattr(module, name, counting)
    run = refresh(store, club, settings)
    assert len(run.matched) > 1, "one playlist for several days"
    assert passes == [("cut_shells", 7), ("read_opponents", 7), ("read_times", 4)]  # one of the five slots is idle


def test_names_that_changed_on_record_are_read_again(store, club, settings, list_file, monkeypatch):
    filtered = playlists.filter_channels
    refresh(store, club, settings)

    def outdated(*given, **options):
        report = filtered(*given, **options)
        other = report.read.with_columns(name=pl.lit("NBA 01: another name"))
        return dataclasses.replace(report, read=other)

    monkeypatch.setattr(provider_day, "filter_channels", outdated)
    run = refresh(store, club, settings)
    assert run.matched[0].statuses == {"matched": 2, "unmatched": 2, "unparseable": 1}


def test_the_record_decides_as_the_dry_run_does(store, club, settings, list_file, tmp_path):
    refresh(store, club, settings)
    events = read_events(events_file(tmp_path / "again.jsonl", EVENTS)).events
    dry = dry_run.provider_day(list_file.read_bytes(), events, ProviderDay(DAY, ZONE)).filter("is_slot")
    assert dry.schema == DECISIONS
    columns = ("slot", "kind", "first", "second", "starts_at", "event_id", "match_status")
    assert store.decisions.of_day(club, DAY).select(columns).sort("slot").equals(dry.select(columns).sort("slot"))


def test_events_are_imported_once(store, tmp_path):
    file = events_file(tmp_path / "e.jsonl")
    first, again = event_flows.import_events(store, file), event_flows.import_events(store, file)
    assert (first.events, first.leagues) == (2, 1)
    assert first.rows_written > 0
    assert again.rows_written == 0
    file.write_text(json.dumps({**EVENTS[0], "venue": "Kaseya Center"}) + "\nno event\n")
    third = event_flows.import_events(store, file)
    assert len(third.faults) == 1
    assert event_flows.events_on_record(store, date(2025, 10, 18)).events == 1
    assert store.events.between(DAY, NEXT).height == 2  # what the file no longer names stays


def test_no_published_file_but_the_private_one_knows_the_account(store, club, settings):
    run = refresh(store, club, settings)
    knowing = {path.name for path in run.published.files if PASSWORD.encode() in path.read_bytes()}
    assert knowing == {"playlist.m3u"}
    assert (settings.dist / "club" / "playlist.m3u").stat().st_mode & 0o077 == 0


def test_a_playlist_without_a_slot_is_reported_as_such(store, tmp_path, settings):
    file = tmp_path / "channels.m3u"
    file.write_text("#EXTM3U\n#EXTINF:-1,CNN\nhttp://127.0.0.1/1.ts\n")
    provider = store.providers.add("Channels", str(file), ZONE, "goat")
    (reason,) = refresh(store, provider, settings).published.held_back
    assert reason.startswith(f"channels/{DAY}, channels: its playlist of {DAY} holds no event slot")
