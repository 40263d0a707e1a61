"""Providers, their playlists, publications and what was set aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from store_frames import DAY

from epg_pipeline.adapters.store.publications import Publication
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.errors import ConfigError, StoreError, UnknownProviderError

URL = "http://tv.example/get.php?username=carol&password=hunter2"
PLAYLIST = b"#EXTM3U\n#EXTINF:-1,NBA 01 :\nhttp://tv.example/live/carol/hunter2/1.ts\n"


def _kept(folder) -> list:
    return [file for file in (folder / "snapshots" / "demo").iterdir() if not file.name.startswith(".")]


def test_a_provider_is_found_by_name_in_any_case_and_by_slug(store):
    added = store.providers.add("Señor TV (US)", URL, "America/New_York", "goat")
    assert added.slug == "senor-tv-us"
    assert (
        store.providers.find("Señor TV (US)")
        == store.providers.find("SEÑOR tv (us)")
        == store.providers.find("senor-tv-us")
        == added
    )
    assert store.providers.playlist_url(added) == URL


def test_an_unknown_provider_is_an_error_that_lists_the_known_ones(store):
    with pytest.raises(UnknownProviderError, match="none yet; add one with: epg provider add"):
        store.providers.find("Nobody")
    store.providers.add("Acme", URL, "UTC", "kid", "acme-1")
    with pytest.raises(UnknownProviderError, match=r'No provider is called "Nobody"\. Known: Acme \(acme-1\)\.'):
        store.providers.find("Nobody")


def test_neither_a_provider_nor_a_store_shows_an_address(store, provider):
    shown = repr(provider) + repr(store) + repr(store.connections) + repr(store.dagster_database())
    assert "hunter2" not in shown
    assert store.dagster_database().password not in shown


def test_paused_providers_stay_known_but_are_not_active(store, provider):
    other = store.providers.add("Acme", URL, "UTC", "kid")
    paused = store.providers.pause(provider)
    assert paused.status == "paused"
    assert store.providers.all() == [other, paused]
    assert store.providers.all(active_only=True) == [other]


def test_a_removed_provider_is_gone_from_every_list_and_comes_back_by_its_name_with_its_history(store, provider):
    store.playlists.save(provider, DAY, PLAYLIST, 1, etag='"abc"')
    provider = store.providers.change(provider, settings={"days_after": 3}, status="paused")
    store.providers.remove(provider)
    assert (store.providers.all(), store.providers.removed_names()) == ([], ["Demo"])
    with pytest.raises(UnknownProviderError):
        store.providers.find("demo")
    with pytest.raises(StoreError, match=r'The removed provider "Demo" keeps the slug "demo".*Add "Demo" again'):
        store.providers.add("DEMO", URL, "UTC", "kid")
    back = store.providers.add("Demo", URL + "&new", "Europe/Berlin", "goat")
    assert (back.id, back.slug, back.status, back.stated) == (provider.id, "demo", "active", {"days_after": 3})
    assert (back.timezone, back.tier, store.providers.playlist_url(back)) == ("Europe/Berlin", "goat", URL + "&new")
    assert store.playlists.body(store.playlists.in_force(back, DAY)) == PLAYLIST


def test_what_is_changed_changes_alone_and_the_slug_never(store, provider):
    changed = store.providers.change(provider, name="Nova TV", timezone="Europe/Rome")
    assert changed == replace(provider, name="Nova TV", timezone="Europe/Rome")
    assert store.providers.playlist_url(changed) == store.providers.playlist_url(provider)
    assert store.providers.change(changed, settings={"minutes": {"nba": 170}}).settings.minutes == {"nba": 170}
    assert store.providers.change(changed, tier="kid").stated == {"minutes": {"nba": 170}}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "a\nb"}, "printable"),
        ({"name": "Acme"}, 'Another provider is called "Acme"'),
        ({"timezone": "Mars/Base"}, "is not a time zone"),
        ({"tier": "gold"}, "is not a tier"),
        ({"settings": {"days_after": 99}}, "days_after"),
    ],
)
def test_a_change_that_can_not_be_changes_nothing(store, provider, changes, says):
    store.providers.add("Acme", URL, "UTC", "kid")
    with pytest.raises((StoreError, ConfigError), match=says):
        store.providers.change(provider, **changes)
    assert store.providers.find("demo") == provider


def test_another_address_is_asked_without_what_the_old_one_said(store, provider):
    store.playlists.save(provider, DAY, PLAYLIST, 1, etag='"abc"', last_modified="Sat, 21 Nov 2026 05:00:00 GMT")
    store.providers.change(provider, playlist_url=store.providers.playlist_url(provider), tier="goat")
    assert store.playlists.in_force(provider, DAY).etag == '"abc"', "the same address"
    store.providers.change(provider, playlist_url="http://elsewhere.example/")
    assert (store.playlists.in_force(provider, DAY).etag, store.playlists.in_force(provider, DAY).last_modified) == (
        None,
        None,
    )


def test_an_active_provider_is_not_overwritten(store, provider):
    with pytest.raises(StoreError, match='The provider "Demo" exists already'):
        store.providers.add("Demo", "http://elsewhere.example/", "UTC", "kid")
    with pytest.raises(StoreError, match='Another provider has the slug "demo"'):
        store.providers.add("DEMO!", "http://elsewhere.example/", "UTC", "kid")
    assert store.providers.all() == [provider]


@pytest.mark.parametrize(
    ("name", "timezone", "tier", "slug", "says"),
    [
        ("Acme", "America/Gotham", "kid", "", '"America/Gotham" is not a time zone'),
        ("Acme", "../etc/passwd", "kid", "", "is not a time zone"),
        ("Acme", "", "kid", "", "is not a time zone"),
        ("Acme", "localtime", "kid", "", "is not a time zone"),
        ("Acme", "UTC", "gold", "", '"gold" is not a tier. Use one of: kid, buck, goat'),
        ("Acme", "UTC", "kid", "../acme", '"../acme" is not a valid slug'),
        ("Acme", "UTC", "kid", "-acme", '"-acme" is not a valid slug'),
        ("電視", "UTC", "kid", "", "Pass another with --slug"),  # no letter of it is ASCII
        ("  ", "UTC", "kid", "", "A provider needs a name"),
    ],
)
def test_what_a_provider_can_not_be_is_refused_with_the_reason(store, name, timezone, tier, slug, says):
    with pytest.raises(StoreError, match=says.replace("(", r"\(")):
        store.providers.add(name, URL, timezone, tier, slug)
    assert store.providers.all() == []


def test_the_snapshot_in_force_is_the_days_own_or_the_latest_before_it(store, provider):
    assert store.playlists.in_force(provider, DAY) is None
    first = store.playlists.save(
        provider, DAY, PLAYLIST, 1, etag='"abc"', last_modified="Sat, 21 Nov 2026 05:00:00 GMT"
    )
    later = store.playlists.save(provider, DAY + timedelta(days=3), PLAYLIST + b"#\n", 1)
    assert store.playlists.in_force(provider, DAY - timedelta(days=1)) is None
    assert (
        store.playlists.in_force(provider, DAY) == store.playlists.in_force(provider, DAY + timedelta(days=2)) == first
    )
    assert store.playlists.in_force(provider, date(2030, 1, 1)) == later
    assert (first.etag, first.byte_count, first.entry_count, first.day) == ('"abc"', len(PLAYLIST), 1, DAY)
    assert first.fetched_at.utcoffset() == timedelta(0)


def test_the_same_playlist_is_kept_once_however_often_it_is_fetched(store, provider, tmp_path):
    first = store.playlists.save(provider, DAY, PLAYLIST, 1)
    again = store.playlists.save(provider, DAY, PLAYLIST, 1)
    next_day = store.playlists.save(provider, DAY + timedelta(days=1), PLAYLIST, 1)
    assert again == first
    assert (next_day.id, next_day.day) == (first.id, DAY + timedelta(days=1))
    assert len(_kept(tmp_path)) == 1


def test_a_snapshot_gives_back_the_very_bytes_and_shows_no_secret_on_disk(store, provider, tmp_path):
    snapshot = store.playlists.save(provider, DAY, PLAYLIST, 1)
    assert store.playlists.body(snapshot) == PLAYLIST
    (file,) = _kept(tmp_path)
    assert b"hunter2" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_a_lost_or_damaged_snapshot_is_an_error_that_names_the_file(store, provider, tmp_path):
    snapshot = store.playlists.save(provider, DAY, PLAYLIST, 1)
    file = tmp_path / "snapshots" / "demo" / snapshot.content_hash
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StoreError, match=f"{snapshot.content_hash} can't be read.*damaged"):
        store.playlists.body(snapshot)
    file.unlink()
    with pytest.raises(StoreError, match=f"{snapshot.content_hash} is gone"):
        store.playlists.body(snapshot)


def test_a_publication_is_noted_when_its_content_is_new(store, provider):
    one = Publication(DAY, "demo/guide.xml", "buck", "0" * 64, 100, 3, 36, {DAY: 36})
    other = replace(one, sha256="1" * 64, programmes_by_day={DAY: 12})
    assert store.publications.note(provider, (one, one, other, one)) == [True, False, True, True]
    assert store.publications.note(provider, [replace(one, day=DAY + timedelta(days=1))]) == [False]
    noted = store.publications.last(provider, ["demo/guide.xml", "demo/kid/guide.xml"])
    assert list(noted) == ["demo/guide.xml"]
    assert (noted["demo/guide.xml"].programme_count, noted["demo/guide.xml"].programmes_by_day) == (36, {DAY: 36})


def test_what_was_set_aside_is_noted_once_a_day_and_stage(store, provider):
    rows = pl.DataFrame({"name": ["NBA 01 : ???", "NBA 01 : ???"], "reason": ["no team", "no team"]})
    assert store.quarantine.add(provider, DAY, "match", rows) == 1
    assert store.quarantine.add(provider, DAY, "match", rows) == 0
    assert store.quarantine.add(provider, DAY, "publish", rows) == 1
    assert store.quarantine.add(None, DAY, "match", rows) == 1  # belongs to no provider, as an event of a source
    assert store.quarantine.add(None, DAY, "match", rows) == 0
    long = pl.DataFrame({"name": ["x" * 20_000], "reason": ["y" * 20_000]})
    assert store.quarantine.add(provider, DAY, "match", long) == 1


def test_a_store_opened_on_a_named_database_brings_up_its_tables_and_keeps_its_key_under_home(
    empty_database, tmp_path, settings
):
    named = settings.model_copy(update={"database_url": empty_database, "secret_key_text": None})
    with open_store(named) as store:
        provider = store.providers.add("Acme", URL, "UTC", "kid")
    with open_store(named) as store:
        assert store.providers.playlist_url(provider) == URL
    assert named.secret_key.stat().st_mode & 0o077 == 0


def test_another_key_does_not_open_the_addresses_and_says_so(settings):
    with open_store(settings) as store:
        provider = store.providers.add("Acme", URL, "UTC", "kid")
    other = settings.model_copy(update={"secret_key_text": "a different key, which is long enough"})
    with open_store(other) as store, pytest.raises(StoreError, match=r"sealed with another key\. Restore the key"):
        store.providers.playlist_url(provider)
