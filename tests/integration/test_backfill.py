"""Past days made again from what was kept: by `epg backfill`, without a server being asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_provider import DAY, ZONE, Answer, events_file, playlist, site

from epg_pipeline.adapters.store.incidents import Failure
from epg_pipeline.flows import backfill, matching, playlists, provider_day
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows.backfill import backfill_days

BEFORE, NEXT = DAY - timedelta(days=1), DAY + timedelta(days=1)
LATER = DAY + timedelta(days=30)


@pytest.fixture
def club(store, settings, tmp_path):
    """A provider with playlists of a day and the second after it, published as of a month later."""
    (tmp_path / "list.m3u").write_bytes(playlist())
    provider = store.providers.add("Club", str(tmp_path / "list.m3u"), ZONE, "goat")
    event_flows.import_events(store, events_file(tmp_path / "events.jsonl"))
    for day in (DAY, NEXT + timedelta(days=1), LATER):
        playlists.snapshot_playlist(store, provider, day)
    playlists.filter_channels(store, provider, LATER)
    matching.match_days(store, provider, [LATER])
    provider_day.publish_provider(store, provider, LATER, LATER, settings)
    (tmp_path / "list.m3u").unlink()  # whoever asked for it now would fail
    return provider


def files(folder):
    return {path: path.read_bytes() for path in sorted(folder.glob("guide.xml*"))}


def test_past_days_get_their_guides_and_the_current_one_stays(store, settings, club):
    current = files(settings.dist / "club")
    made = list(backfill_days(store, club, [DAY, NEXT], settings, LATER))
    assert [(one.day, one.names_of, one.problem, one.current) for one in made] == [
        (DAY, DAY, "", False),
        (NEXT, DAY, "", False),
    ]
    assert made[0].statuses["matched"] == 2
    assert (made[0].slots, made[0].programmes > 5) == (5, True)
    assert b"Miami Heat" in (settings.dist / "club" / str(DAY) / "guide.xml").read_bytes()
    assert files(settings.dist / "club") == current


def test_a_day_before_the_first_playlist_says_so_and_one_that_fails_stops_none(store, settings, club, monkeypatch):
    whole = backfill.match_day

    def match_day(store, provider, day):
        if day == DAY:
            raise ValueError("a day that can't be matched")
        return whole(store, provider, day)

    monkeypatch.setattr(backfill, "match_day", match_day)
    made = list(backfill_days(store, club, [BEFORE, DAY, NEXT], settings, LATER))
    assert [one.problem for one in made] == [
        "no snapshot for this date or before",
        "ValueError: a day that can't be matched",
        "",
    ]


def test_a_day_that_has_not_come_is_none_to_backfill(store, settings, club):
    made = list(backfill_days(store, club, [LATER, LATER + timedelta(days=1)], settings, LATER))
    assert [one.problem for one in made] == [
        "",
        "this date has not come yet: epg refresh publishes the days ahead",
    ]
    assert not (settings.dist / "club" / str(LATER + timedelta(days=1))).exists()


def test_the_command_sums_up_and_its_exit_code_shows(run):
    with site(Answer(body=playlist())) as server:
        for name in ("Club", "Other"):
            assert run("provider", "add", name, "--playlist", server.address, "--timezone", ZONE).code == 0
            assert run("onboard", name, "--date", DAY, "--as-of", DAY).code == 0
        asked = len(server.requests)
        ran = run("backfill", "--from", BEFORE, "--to", NEXT, "--provider", "club")
        assert ran.code == 1
        assert f"Club, {BEFORE}: no snapshot for this date or before" in ran.err
        assert "2 of 3 days made." in ran.err
        ran = run("backfill", "--from", DAY)  # all active ones
        assert ran.code == 0, ran.output
        assert [row.split("│")[1].strip() for row in ran.out.splitlines() if str(DAY) in row] == ["Club", "Other"]
        assert len(server.requests) == asked
    assert run("backfill", "--from", DAY, "--to", BEFORE).code == 2


def test_a_day_made_again_ends_its_incident_and_one_that_can_not_be_made_does_not(run, store, tmp_path):
    (tmp_path / "list.m3u").write_bytes(playlist())
    assert run("provider", "add", "Club", "--playlist", tmp_path / "list.m3u", "--timezone", ZONE).code == 0
    assert run("onboard", "Club", "--date", DAY, "--as-of", DAY).code == 0
    for day, code, left in ((BEFORE, 1, ["guide of club"]), (DAY, 0, [])):
        store.incidents.note_failure(Failure("guide", "no room", "club", day))
        assert run("backfill", "--from", day).code == code
        assert [one.title for one in store.incidents.open()] == left
