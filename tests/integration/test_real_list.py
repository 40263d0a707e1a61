"""A whole playlist through the whole job: its guides before judges and readers that are not ours.

The real one where it lies beside the project, else the demo's. Made once, with every tier, for all tests here.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import ipytv.playlist
import pytest
from lxml import etree
from xmltv_util import assert_fits_the_dtd, assert_tools_are_silent, needs_xmltv_util

from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config.provider_settings import TIERS
from epg_pipeline.demo.sample import load_sample
from epg_pipeline.domain.day import ProviderDay
from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows import provider_day
from epg_pipeline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("a real list")

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "provider-2025-10-08"
CLIENTS = Path(__file__).parents[1] / "clients"
ID = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")
needs_clients = pytest.mark.skipif(
    not (shutil.which("node") and (CLIENTS / "node_modules").is_dir()),
    reason="npm clients are not there: npm ci --ignore-scripts --prefix tests/clients",
)
KEY = "a key for tests, of no worth at all"


@dataclass(frozen=True)
class Shelf:
    """What was published of one list."""

    folder: Path
    day: ProviderDay
    playlist: bytes  # as the provider sent it

    def guide(self, tier: str = "") -> Path:
        return self.folder / tier / "guide.xml"

    @property
    def clone(self) -> Path:
        return self.folder / "playlist.m3u"


@pytest.fixture(scope="module")
def shelf(new_database, tmp_path_factory) -> Iterator[Shelf]:
    sample, place = load_sample(), tmp_path_factory.mktemp("real")
    files, on = ((REAL / "playlist.m3u", REAL / "events.jsonl"), date(2025, 10, 8))
    if not REAL.is_dir():
        files, on = (sample.playlist, sample.events), sample.date
    seal = Seal(KEY)
    with new_database() as address, Store(address, seal, SnapshotFiles(place / "snapshots", seal)) as store:
        settings = Settings(home=place / "home", dist=place / "dist", database_url=address, secret_key_text=KEY)
        club = store.providers.add("Club", str(files[0]), "America/New_York", "goat")
        club = store.providers.change(club, settings={"editions": list(TIERS)})
        event_flows.import_events(store, files[1])
        provider_day.refresh_provider(store, club, on, on, settings)
        yield Shelf(settings.dist / "club", ProviderDay(on, "America/New_York"), files[0].read_bytes())


@pytest.fixture(scope="module")
def roots(shelf) -> dict[str, etree._Element]:
    return {tier: etree.parse(shelf.guide(tier)).getroot() for tier in TIERS}


def texts(programme: etree._Element, tag: str) -> list[str]:
    return [child.text for child in programme.findall(tag)]


def instants(programme: etree._Element) -> tuple[datetime, datetime]:
    return tuple(datetime.strptime(programme.get(name), "%Y%m%d%H%M%S %z") for name in ("start", "stop"))


def test_the_current_guide_is_the_providers_own_tier(shelf):
    assert shelf.guide().read_bytes() == shelf.guide("goat").read_bytes()


@needs_xmltv_util
@pytest.mark.parametrize("tier", TIERS)
def test_the_dtd_accepts_every_tier(roots, tier):
    assert_fits_the_dtd(roots[tier])


@needs_xmltv_util
def test_tv_validate_file_is_silent_and_tv_sort_changes_nothing(shelf, tmp_path):
    assert_tools_are_silent(shelf.folder / shelf.day.date.isoformat() / "guide.xml", tmp_path)


def test_ids_keep_the_rules_and_every_channel_has_programmes(roots):
    for root in roots.values():
        ids = [channel.get("id") for channel in root.findall("channel")]
        assert len(ids) > 20
        assert all(ID.fullmatch(name) for name in ids)
        assert len({name.lower() for name in ids}) == len(ids)
        assert {programme.get("channel") for programme in root.iterfind("programme")} == set(ids)


def test_every_slot_has_its_full_days_without_gap_or_overlap(shelf, roots):
    last = shelf.day.shifted(2)
    for channel, rows in groupby(roots["goat"].iterfind("programme"), key=lambda programme: programme.get("channel")):
        times = [instants(programme) for programme in rows]
        assert all(before[1] == after[0] for before, after in pairwise(times)), channel
        assert times[0][0] <= shelf.day.opens, channel
        assert times[-1][1] >= last.closes, channel
    ends = [instants(programme) for programme in roots["goat"].iterfind("programme")]
    blocks = [stop - start for start, stop in ends]
    assert min(blocks) > timedelta()
    assert Counter(blocks).most_common(1)[0][0] == timedelta(hours=2)


def test_the_tiers_differ_as_said_and_in_nothing_else(roots):
    heads = {tier: [etree.tostring(channel) for channel in root.findall("channel")] for tier, root in roots.items()}
    assert heads["kid"] == heads["buck"] == heads["goat"]
    rows = [roots[tier].findall("programme") for tier in TIERS]
    assert len({len(own) for own in rows}) == 1
    live = 0
    for kid, buck, goat in zip(*rows, strict=True):
        assert dict(kid.attrib) == dict(buck.attrib) == dict(goat.attrib)
        marks = [
            [child.tag for child in item if child.tag in ("new", "previously-shown")] for item in (kid, buck, goat)
        ]
        assert marks[0] == marks[1] == marks[2]
        assert [child.tag for child in kid] == ["title", "category", *marks[0]]
        assert texts(kid, "category") == ["Sports"]
        assert texts(buck, "title") == texts(kid, "title")
        assert {child.tag for child in buck} <= {"title", "sub-title", "desc", "category", "new", "previously-shown"}
        assert buck.find("desc") is not None
        for tag in ("sub-title", "desc", "category"):
            assert texts(goat, tag) == texts(buck, tag)
        added = {child.tag for child in goat} - {child.tag for child in buck}
        assert added <= {"icon", "keyword", "episode-num", "date"}
        title, plain = goat.findtext("title"), kid.findtext("title")
        if title != plain:
            emoji, _, rest = title.partition(" ")
            assert rest == plain
            assert not re.search(r"\w", emoji)
            assert "new" in marks[0]
            assert {"episode-num", "date"} <= added
            live += 1
    assert live > 20


@pytest.fixture(scope="module")
def seen(shelf) -> dict:
    """What the npm clients saw of the fullest guide and of the clone playlist; node runs once."""
    files = [shelf.guide("goat"), shelf.clone]
    command = ["node", str(CLIENTS / "read.cjs"), *map(str, files)]
    read = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    return dict(zip(("goat", "clone"), (read[str(file)] for file in files), strict=True))


@needs_clients
@pytest.mark.parametrize("client", ["epg-parser", "@iptv/xmltv"])
def test_npm_clients_see_the_same_channels_programmes_and_times(roots, seen, client):
    root, read = roots["goat"], seen["goat"][client]
    channels = [(channel.get("id"), channel.findtext("display-name")) for channel in root.findall("channel")]
    assert [(name, unescaped(shown)) for name, shown in read["channels"]] == channels
    programmes = root.findall("programme")
    assert len(read["programmes"]) == len(programmes)
    for said, item in zip(read["programmes"], programmes, strict=True):
        starts, stops = (f"{instant:%Y-%m-%dT%H:%M:%S}.000Z" for instant in (i.astimezone(UTC) for i in instants(item)))
        assert (said["channel"], said["start"], said["stop"]) == (item.get("channel"), starts, stops)
        assert unescaped(said["title"]) == item.findtext("title")
        assert unescaped(said.get("subTitle")) == item.findtext("sub-title")
        assert unescaped(said.get("desc")) == item.findtext("desc")
        assert [unescaped(word) for word in said["categories"]] == texts(item, "category")
        assert said["icons"] == [icon.get("src") for icon in item.findall("icon")]
        assert said.get("number") == item.findtext("episode-num")
        assert said["isNew"] == (item.find("new") is not None)


def unescaped(text: str | None) -> str | None:
    return text and html.unescape(text)  # both leave &amp; as it is


def assert_linked(shelf: Shelf, roots, address: str, entries: list[tuple[str, str, str, str]]) -> None:
    """Entries as (name, tvg-id, tvg-name, stream): each one's guide, and the streams in the provider's own order."""
    assert address.endswith("/guides/club/guide.xml.gz")
    channels = {channel.get("id"): channel.findtext("display-name") for channel in roots["goat"].findall("channel")}
    assert {tvg_id: name for name, tvg_id, _, _ in entries} == channels
    assert all(name == tvg_name for name, _, tvg_name, _ in entries)
    sent = parse_playlist(shelf.playlist)["url"].to_list()
    streams = [stream for _, _, _, stream in entries]
    assert streams == [stream for stream in sent if stream in set(streams)]
    assert [name for name, *_ in entries] == list(channels.values())


def test_the_lock_of_the_npm_clients_names_no_host_and_has_a_hash_of_each():
    text = (CLIENTS / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert {"node_modules/epg-parser", "node_modules/iptv-playlist-parser", "node_modules/@iptv/xmltv"} <= set(packages)
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


@needs_clients
def test_the_npm_reader_of_playlists_finds_every_slots_guide(shelf, roots, seen):
    entries = [(item["name"], item["id"], item["tvgName"], item["url"]) for item in seen["clone"]["entries"]]
    assert_linked(shelf, roots, seen["clone"]["guide"], entries)


def test_ipytv_finds_every_slots_guide(shelf, roots):
    read = ipytv.playlist.loads(shelf.clone.read_text("utf-8"))
    entries = [
        (entry.name, entry.attributes["tvg-id"], entry.attributes["tvg-name"], entry.url)
        for entry in read.get_channels()
    ]
    assert_linked(shelf, roots, read.get_attribute("x-tvg-url"), entries)


def test_the_clone_is_the_owners_alone(shelf):
    assert shelf.clone.stat().st_mode & 0o777 == 0o600
    text = shelf.clone.read_text("utf-8")
    assert "#EXTGRP" not in text
    assert text.count("#EXTINF") == text.count(" tvg-id=") == text.count(" tvg-chno=")
