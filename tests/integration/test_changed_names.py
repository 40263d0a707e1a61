"""A list that changes during the day is taken in by the days ahead too; one that lost most of its slots by none."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from small_provider import ZONE, playlist

from epg_pipeline.adapters import clock
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.errors import CheckFailedError
from epg_pipeline.flows import matching, playlists, provider_day

EARLY = tuple(f"NBA {number:02}: Miami Heat vs San Antonio Spurs @ 07:30 PM ET" for number in range(1, 13))
LATER = (
    *EARLY[:-1],
    "NBA 12: Houston Rockets vs Utah Jazz @ 11:00 PM ET",
    "NBA 13: Boston Celtics vs Chicago Bulls @ 8 PM ET",
)


@pytest.fixture
def club(store, settings, tmp_path):
    file = tmp_path / "list.m3u"
    file.write_bytes(playlist(EARLY))
    provider = store.providers.add("Club", str(file), ZONE, "goat")
    today = clock.today(ZONE)
    provider_day.refresh_provider(store, provider, today, today, settings)
    return provider


def take_in(store, club, tmp_path, names):
    today = clock.today(ZONE)
    (tmp_path / "list.m3u").write_bytes(playlist(names))
    playlists.snapshot_playlist(store, club, today)
    playlists.filter_channels(store, club, today)
    return today


def test_the_days_ahead_wait_for_changed_names_and_the_publish_takes_them_in(store, settings, club, tmp_path):
    today = take_in(store, club, tmp_path, LATER)
    assert store.rematches.due(club) == {today + timedelta(days=1), today + timedelta(days=2)}
    matching.match_day(store, club, today)
    published = provider_day.publish_provider(store, club, today, today, settings)
    assert published.held_back == ()
    assert published.channels == 13
    assert store.rematches.due(club) == set()


def test_the_same_names_again_make_nothing_wait(store, club, tmp_path):
    take_in(store, club, tmp_path, EARLY)
    assert store.rematches.due(club) == set()


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ({"settings": {"check_minutes": 5, "most_lost": 0.5}}, 0),
        ({"settings": {"check_minutes": 5, "clock": "24"}}, 3),
        ({"tier": "kid"}, 3),
        ({"timezone": "Europe/London"}, 3),
        ({"name": "Union"}, 0),
    ],
)
def test_only_what_guides_show_has_them_made_again(store, club, change, days):
    store.providers.change(club, **change)
    assert len(store.rematches.due(club)) == days


def test_a_slot_that_was_never_matched_is_before_it_is_published(store, settings, club, tmp_path):
    """As when only the playlist's steps are run from the graph."""
    today = take_in(store, club, tmp_path, LATER)
    published = provider_day.publish_provider(store, club, today, today, settings)
    assert (published.held_back, published.channels) == ((), 13)


def test_a_refused_list_changes_nothing(store, settings, club, tmp_path):
    with pytest.raises(CheckFailedError, match="the playlist has 2 event slots, the last one had 12"):
        take_in(store, club, tmp_path, EARLY[:2])
    today = clock.today(ZONE)
    assert store.slots.channels(club, today).height == 12
    assert provider_day.publish_provider(store, club, today, today, settings).channels == 12


def test_a_refused_list_has_every_answer_given_from_the_names_in_force(run, settings, tmp_path):
    """Guide, summary, match report, `why` and `unmatched` are about the list of yesterday, which still holds."""
    today = clock.today(ZONE)
    yesterday = today - timedelta(days=1)
    (tmp_path / "list.m3u").write_bytes(playlist(EARLY))
    run("provider", "add", "Club", "--playlist", tmp_path / "list.m3u", "--timezone", ZONE)
    with open_store(settings) as store:
        provider_day.refresh_provider(store, store.providers.find("Club"), yesterday, yesterday, settings)
    (tmp_path / "list.m3u").write_bytes(playlist(EARLY[:2]))
    dist = str(settings.dist)
    assert "the playlist has 2 event slots, the last one had 12" in run("refresh", "Club", EPG_DIST=dist).err
    assert run("publish", "--provider", "Club", EPG_DIST=dist).code == 0

    folder = settings.dist / "club"
    summary = json.loads((folder / "summary.json").read_text())
    assert (summary["channels"], summary["slots"], summary["unmatched"]) == (12, 12, 12)
    report = (folder / "report.html").read_text()
    assert f"{yesterday:%a, %b} {yesterday.day}" in report
    assert "12 slots" in report
    assert "No slot was matched" not in report
    why = run("why", "--provider", "Club", "--slot", "NBA 05")
    assert (why.code, "Miami Heat" in why.out) == (0, True)
    assert f"Club, {yesterday}: 12 of 12 names" in run("unmatched", "--provider", "Club").out
