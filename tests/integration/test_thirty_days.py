"""What stays of a slot while its provider's list changes: its row, its id, its place, whatever it is called."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lxml import etree
from small_provider import playlist

from epg_pipeline.domain.reading.playlist import parse_playlist
from epg_pipeline.flows import playlists, provider_day

DAY, ZONE = date(2025, 10, 25), "Europe/London"  # the day before the clocks go back
DAYS = [DAY + timedelta(days=number) for number in range(30)]
SHELLS = ("NBA 01:", "ESPN+ 41 :", "NCAAF 03 :", "Flo Football 30 :", "DAZN PPV 7 |")
IDS = ["NBA-01.club", "ESPN-plus-41.club", "NCAAF-03.club", "Flo-Football-30.club", "DAZN-PPV-7.club"]
TEAMS = ("Miami Heat", "Utah Jazz", "Boston Celtics", "Chicago Bulls", "Phoenix Suns", "Troy", "Denver Nuggets")


@pytest.fixture
def club(store, tmp_path):
    return store.providers.add("Club", str(tmp_path / "list.m3u"), ZONE, "goat")


@pytest.fixture
def sent(tmp_path):
    """Sets what the provider sends from now on: names in their order, each with its own stream whatever its place."""
    streams: dict[str, int] = {}

    def send(*names: str) -> None:
        lines = ["#EXTM3U"]
        for name in names:
            number = streams.setdefault(name.split(":")[0].split("|")[0], len(streams))
            lines += [f'#EXTINF:-1 tvg-id="" group-title="",{name}', f"http://tv.example/live/carol/s3cret/{number}.ts"]
        (tmp_path / "list.m3u").write_text("\n".join(lines))

    return send


def names_of(number: int) -> list[str]:
    """What the slots are called on a day: another game at another hour, a placeholder, nothing."""
    said = []
    for place, shell in enumerate(SHELLS):
        turn = number * 3 + place
        first, second = TEAMS[turn % 7], TEAMS[(turn + 1 + number % 5) % 7]
        forms = (
            f"{first} vs {second} @ {turn % 12 + 1:02}:30 PM ET",
            "",
            f"{first} @ {second} {turn % 24:02}:15",
            "NO EVENT",
        )
        said.append(f"{shell} {forms[turn % 4]}")
    return said


def rows_of(store, provider) -> dict[str, list]:
    """Row, channel id and place by slot, as the record has them."""
    query = "SELECT slot, id, channel_id, position FROM channel_names WHERE provider_id = %s ORDER BY id"
    with store.connections.transaction() as connection:
        return {slot: rest for slot, *rest in connection.execute(query, (provider.id,)).fetchall()}


def guide_of(folder) -> etree._Element:
    return etree.parse(folder / "guide.xml").getroot()


def take_in(store, provider, day: date = DAY) -> dict[str, list]:
    """Fetch and record the list as it is now; the rows that follow."""
    playlists.snapshot_playlist(store, provider, day)
    playlists.filter_channels(store, provider, day)
    return rows_of(store, provider)


def ids(store, provider, day: date = DAY) -> list[str]:
    return store.slots.channels(provider, day)["channel_id"].to_list()


def test_a_slot_whose_name_changes_every_day_for_a_month_keeps_its_id_its_row_and_its_place(
    store, club, sent, settings
):
    club = store.providers.change(club, settings={"days_before": 0, "days_after": 0})  # one day made each day: quicker
    seen, rows, shown, folder = set(), [], [], settings.dist / "club"
    for number, day in enumerate(DAYS):
        names = names_of(number)
        sent(*names)
        seen.update(names)
        if number in (0, 1, 29):  # published, too; the second day has 25 hours
            provider_day.refresh_provider(store, club, day, day, settings)
            channels = [(item.get("id"), item.findtext("display-name")) for item in guide_of(folder).iter("channel")]
            clone = parse_playlist((folder / "playlist.m3u").read_bytes())
            shown.append((channels, clone.select("name", "tvg_id", "tvg_name", "url").rows()))
            rows.append(rows_of(store, club))
        else:
            rows.append(take_in(store, club, day))
    assert len(seen) > 80  # they did change
    assert all(one == rows[0] for one in rows)
    assert all(one == shown[0] for one in shown)
    assert [name for name, _ in shown[0][0]] == IDS == [channel_id for _, channel_id, _ in rows[0].values()]


def test_a_list_in_another_order_changes_no_id(store, club, sent):
    sent(*names_of(0))
    before = take_in(store, club)
    sent(*reversed(names_of(1)))
    after = take_in(store, club)
    assert {slot: row[:2] for slot, row in after.items()} == {slot: row[:2] for slot, row in before.items()}
    assert ids(store, club) == IDS[::-1]


def test_slots_that_go_and_come_back_are_the_ones_they_were(store, club, sent):
    sent(*names_of(0))
    before = take_in(store, club)
    sent(*names_of(1)[1:])
    take_in(store, club, DAYS[1])
    assert ids(store, club, DAYS[1]) == IDS[1:]
    sent(*names_of(2))
    assert take_in(store, club, DAYS[2]) == before
    assert ids(store, club, DAYS[2]) == IDS


def test_a_family_spelled_otherwise_is_the_family_it_was(store, club, sent):
    sent(*names_of(0))
    before = take_in(store, club)
    for number, shell in enumerate(("Ncaaf 3 :", "NCAAF03:", "NCAAF | 03 |", "NCAAF-03 |"), 1):
        names = names_of(number)
        names[2] = f"{shell} Troy at Old Dominion @ 07:30 PM ET"
        sent(*names)
        assert take_in(store, club, DAYS[number]) == before
    names[2:3] = [names[2], "NCAAF 03 : Ohio at Army @ 07:30 PM ET"]  # now there are both: two slots
    sent(*names)
    assert len(take_in(store, club, DAYS[5])) == len(before) + 1


def test_two_slots_of_one_name_stay_two_whatever_their_order(store, club, tmp_path):
    names = ("NBA 01: Miami Heat vs Utah Jazz @ 07:30 PM ET", "NBA 01: NO EVENT", "NBA 02:")
    lines = playlist(names).decode().splitlines()
    (tmp_path / "list.m3u").write_text("\n".join(lines))
    take_in(store, club)
    before = store.slots.channels(club, DAY).select("channel_id", "url").sort("url")
    assert before["channel_id"].str.to_lowercase().n_unique() == 3
    (tmp_path / "list.m3u").write_text("\n".join([lines[0], *lines[3:5], *lines[1:3], *lines[5:]]))
    take_in(store, club)
    assert store.slots.channels(club, DAY).select("channel_id", "url").sort("url").equals(before)
