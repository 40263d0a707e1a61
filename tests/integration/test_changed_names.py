"""A list that changes during the day is taken in by the days ahead too; one that lost most of its slots by none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_provider import ZONE, playlist

from epg_pipeline import flows
from epg_pipeline.domain.checks import CheckFailedError

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
    provider = store.add_provider("Club", str(file), ZONE, "goat")
    today = flows.today(ZONE)
    flows.refresh_provider(store, provider, today, today, settings)
    return provider


def take_in(store, club, tmp_path, names):
    today = flows.today(ZONE)
    (tmp_path / "list.m3u").write_bytes(playlist(names))
    flows.snapshot_playlist(store, club, today)
    flows.filter_channels(store, club, today)
    return today


def test_the_days_ahead_wait_for_changed_names_and_the_publish_takes_them_in(store, settings, club, tmp_path):
    today = take_in(store, club, tmp_path, LATER)
    assert store.rematches_due(club) == {today + timedelta(days=1), today + timedelta(days=2)}
    flows.match_day(store, club, today)
    published = flows.publish_provider(store, club, today, today, settings)
    assert published.held_back == ()
    assert published.channels == 13
    assert store.rematches_due(club) == set()


def test_the_same_names_again_make_nothing_wait(store, club, tmp_path):
    take_in(store, club, tmp_path, EARLY)
    assert store.rematches_due(club) == set()


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
def test_only_what_guides_show_has_them_made_anew(store, club, change, days):
    store.change_provider(club, **change)
    assert len(store.rematches_due(club)) == days


def test_a_slot_that_was_never_matched_is_before_it_is_published(store, settings, club, tmp_path):
    """As when only the playlist's steps are run from the graph."""
    today = take_in(store, club, tmp_path, LATER)
    published = flows.publish_provider(store, club, today, today, settings)
    assert (published.held_back, published.channels) == ((), 13)


def test_a_refused_list_changes_nothing(store, settings, club, tmp_path):
    with pytest.raises(CheckFailedError, match="the playlist has 2 event slots, the last one had 12"):
        take_in(store, club, tmp_path, EARLY[:2])
    today = flows.today(ZONE)
    assert store.channels(club, today).height == 12
    assert flows.publish_provider(store, club, today, today, settings).channels == 12
