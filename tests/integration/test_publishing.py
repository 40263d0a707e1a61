"""What is published where: editions, windows, guides held back, and that nothing is written without need."""

from __future__ import annotations

import json
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from commands import epg
from lxml import etree
from psycopg.conninfo import conninfo_to_dict
from small_provider import DAY, NAMES, PASSWORD, USER, ZONE, events_file, playlist

from epg_pipeline.adapters import clock
from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.adapters.store.snapshots import SnapshotFiles
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.flows import events as event_flows
from epg_pipeline.flows import provider_day, publishing
from epg_pipeline.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a key for tests, of no worth at all"
NEXT = DAY + timedelta(days=1)
LONDON = "goat-europe-london"


@pytest.fixture(scope="module")
def published(new_database, tmp_path_factory):
    """An installation with one provider of four guides, published on DAY: its database and its folder."""
    folder = tmp_path_factory.mktemp("published")
    with new_database() as address:
        with _opened(address, folder) as store:
            event_flows.import_events(store, events_file(folder / "events.jsonl"))
            (folder / "list.m3u").write_bytes(playlist())
            club = store.providers.add("Club", str(folder / "list.m3u"), ZONE, "goat")
            store.providers.change(club, settings={"editions": ["kid", "buck", "goat@Europe/London"]})
            refresh(store, club, _settings(address, folder))
        yield address, folder


@pytest.fixture
def database(published, new_database):
    """A copy of the published installation's database."""
    with new_database(template=conninfo_to_dict(published[0])["dbname"]) as address:
        yield address


@pytest.fixture
def settings(published, database, tmp_path):
    """The settings of a copy of the published installation."""
    shutil.copytree(published[1], tmp_path, dirs_exist_ok=True)
    return _settings(database, tmp_path)


@pytest.fixture
def store(settings, database):
    with _opened(database, settings.home) as opened:
        yield opened


@pytest.fixture
def list_file(published):
    """The playlist of the provider, as it was when the guides were published."""
    file = published[1] / "list.m3u"
    file.write_bytes(playlist())
    return file


@pytest.fixture
def club(store, list_file):
    """The published provider, its playlist as it was then: an earlier test may have changed the file."""
    return store.providers.find("club")


def _settings(database: str, folder: Path) -> Settings:
    return Settings(home=folder, dist=folder / "dist", database_url=database, secret_key_text=KEY)


def _opened(database: str, folder: Path) -> Store:
    seal = Seal(KEY)
    return Store(database, seal, SnapshotFiles(folder / "snapshots", seal))


def refresh(store, provider, settings, as_of=DAY, **more):
    return provider_day.refresh_provider(
        store, store.providers.find(provider.slug), as_of, as_of, settings, **more
    ).published


def publish(store, provider, settings, day=DAY, as_of=DAY, **more):
    return provider_day.publish_provider(store, store.providers.find(provider.slug), day, as_of, settings, **more)


def standing(dist: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder, with when it was last written and what it holds."""
    return {
        path.relative_to(dist).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(dist.rglob("*"))
        if path.is_file()
    }


def summary(settings) -> dict:
    return json.loads((settings.dist / "club" / "summary.json").read_bytes())


def programmes(settings, folder: str = "") -> list[etree._Element]:
    return etree.parse(settings.dist / "club" / folder / "guide.xml").findall("programme")


def titles(settings, folder: str = "") -> list[str]:
    return [str(one.findtext("title")) for one in programmes(settings, folder)]


def window(settings) -> tuple[str, str]:
    shown = programmes(settings)
    return min(str(one.get("start")) for one in shown), max(str(one.get("stop")) for one in shown)


def test_every_edition_has_the_same_programmes_in_its_own_folder(store, club, settings):
    report = publish(store, club, settings)
    assert report.editions == ("kid", "buck", LONDON)
    folders = {path.parent.relative_to(settings.dist).as_posix() for path in report.files}
    assert folders == {"club", f"club/{DAY}", "club/kid", "club/buck", f"club/{LONDON}"}
    same = [[(p.get("channel"), p.get("start"), p.get("stop")) for p in programmes(settings, f)]
            for f in ("", "kid", "buck", LONDON)]  # fmt: skip
    assert same[0] == same[1] == same[2] == same[3] != []
    assert "Later Today: San Antonio Spurs at Miami Heat at 7:30 PM ET" in titles(settings, "kid")
    assert "Next: San Antonio Spurs at Miami Heat on Sun, Oct 19 at 00:30 UK" in titles(settings, LONDON)
    assert "🏀" not in "".join(titles(settings, "buck"))
    assert {path.name for path in (settings.dist / "club" / "kid").iterdir()} == {
        "guide.xml", "guide.xml.gz", "index.html"
    }  # fmt: skip


def test_an_edition_like_the_providers_own_guide_is_its_twin(store, club, settings):
    store.providers.change(club, settings={"editions": ["goat", f"goat@{ZONE}"]})
    publish(store, club, settings)
    own = (settings.dist / "club" / "guide.xml").read_bytes()
    assert own == (settings.dist / "club" / "goat" / "guide.xml").read_bytes()
    assert own == (settings.dist / "club" / "goat-america-new-york" / "guide.xml").read_bytes()


def test_an_unchanged_publish_writes_no_file_and_notes_nothing(store, club, settings):
    before, noted = standing(settings.dist), store.publications.last(club, ["club/guide.xml", "club/kid/guide.xml"])
    publish(store, club, settings)
    assert standing(settings.dist) == before
    assert store.publications.last(club, ["club/guide.xml", "club/kid/guide.xml"]) == noted


def test_the_summary_says_what_stands_and_how_the_names_were_matched(store, club, settings):
    report = publish(store, club, settings)
    found = summary(settings)
    published_at = datetime.fromisoformat(found.pop("published_at"))
    assert published_at.utcoffset() == timedelta(0)
    assert found == {
        "provider": "Club", "slug": "club", "timezone": ZONE, "tier": "goat", "day": str(DAY), "channels": 5,
        "programmes": report.programmes, "slots": 5, "matched": 2, "partial": 0, "unmatched": 2, "unparseable": 1,
        "manual": 0, "match_rate": 0.6667, "editions": ["kid", "buck", LONDON], "held_back": None, "remedy": None,
        "uploads_failed": 0,
    }  # fmt: skip


def test_the_match_report_stands_by_the_guide_and_pages_lead_to_it(settings):
    folder = settings.dist / "club"
    report = (folder / "report.html").read_text("utf-8")
    for part in (
        "67 %",
        "NCAAF 03 : Troy at Old Dominion @ 07:30 PM ET",
        "Miami Heat – San Antonio Spurs",
        str(DAY.year),
    ):
        assert part in report
    assert USER not in report
    assert PASSWORD not in report
    assert 'href="report.html"' in (folder / "index.html").read_text("utf-8")
    assert 'href="../report.html"' in (folder / "kid" / "index.html").read_text("utf-8")


def test_the_match_report_is_new_also_when_the_guide_is_held_back(store, club, settings, list_file):
    list_file.write_bytes(playlist(NAMES[3:]))
    assert refresh(store, club, settings).held_back
    assert "2 slots" in (settings.dist / "club" / "report.html").read_text("utf-8")


def test_an_edition_no_longer_set_is_gone_and_its_folder_with_it(store, club, settings):
    mine = settings.dist / "club" / "buck" / "notes.txt"
    mine.write_text("the operator's own")
    store.providers.change(club, settings={"editions": [f"kid@{ZONE}"]})
    publish(store, club, settings)
    folder = settings.dist / "club"
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {str(DAY), "kid-america-new-york", "buck"}
    assert list((folder / "buck").iterdir()) == [mine]


def test_a_past_day_changes_nothing_of_the_current_guide_and_today_does(store, club, settings, list_file):
    refresh(store, club, settings, as_of=DAY - timedelta(days=5))
    publish(store, club, settings)
    before = standing(settings.dist)
    past = publish(store, club, settings, day=DAY - timedelta(days=5))
    assert (past.current, past.editions, past.held_back) == (False, (), ())
    assert standing(settings.dist) == before
    list_file.write_bytes(playlist((NAMES[0].replace("Miami Heat", "Boston Celtics"), *NAMES[1:])))
    refresh(store, club, settings)
    changed = {name for name, held in standing(settings.dist).items() if held != before.get(name)}
    assert {"club/guide.xml", "club/kid/guide.xml", f"club/{LONDON}/guide.xml", "club/summary.json"} <= changed
    assert f"club/{DAY - timedelta(days=5)}/guide.xml" not in changed


def test_the_window_moves_at_the_providers_midnight(store, club, settings):
    last_minute, midnight = datetime(2025, 10, 19, 3, 59, tzinfo=UTC), datetime(2025, 10, 19, 4, tzinfo=UTC)
    assert (clock.today(ZONE, last_minute), clock.today(ZONE, midnight)) == (DAY, NEXT)
    assert window(settings) == ("20251018040000 +0000", "20251021040000 +0000")  # the day before has no playlist
    publish(store, club, settings, day=NEXT, as_of=NEXT)
    assert window(settings) == ("20251018040000 +0000", "20251022040000 +0000")
    later = NEXT + timedelta(days=1)
    publish(store, club, settings, day=later, as_of=later)
    assert window(settings) == ("20251019030000 +0000", "20251023040000 +0000")  # what began at 23:00 runs into it


def test_the_settings_of_a_provider_are_what_its_guides_follow(store, club, settings):
    store.providers.change(club, settings={
        "language": "de", "clock": "12", "testing": True, "live_marks": True, "minutes": {"nba": 100},
        "days_before": 0, "days_after": 1,
    })  # fmt: skip
    refresh(store, club, settings)
    shown = programmes(settings)
    (live,) = [one for one in shown if one.find("live") is not None and "Heat" in str(one.findtext("title"))]
    assert (live.get("start"), live.get("stop")) == ("20251018233000 +0000", "20251019011000 +0000")
    assert str(live.findtext("desc")).endswith("Live um 7:30 PM ET.")
    assert live.find("title").get("lang") == "de"
    assert {"📺 Heute kein Programm", "⚠️ Als Nächstes: Troy at Old Dominion um 7:30 PM ET"} <= set(titles(settings))
    assert max(str(one.get("start")) for one in shown) < "20251020040000 +0000"
    assert not (settings.dist / "club" / "kid").exists()


def test_a_language_there_is_not_costs_its_provider_alone_and_leaves_the_last_guide(store, club, settings):
    before = standing(settings.dist)
    store.providers.change(club, settings={"language": "xx"})
    with pytest.raises(ValueError, match="no language 'xx'; there are de, en, es, fr"):
        publish(store, club, settings)
    assert standing(settings.dist) == before


def test_a_guide_that_lost_too_much_is_held_back_until_it_is_forced(store, club, settings, list_file):
    before = standing(settings.dist)
    list_file.write_bytes(playlist(NAMES[2:]))  # two of the five slots are gone
    report = refresh(store, club, settings)
    (held_back,) = report.held_back
    assert held_back.startswith(f"club/{DAY}, club, club/kid, club/buck, club/{LONDON}: it lost ")
    assert "--force" in report.remedy
    after = standing(settings.dist)
    guides = {name for name in before if "guide.xml" in name or name.endswith("index.html")}
    assert {name: after[name] for name in guides} == {name: before[name] for name in guides}
    assert (summary(settings)["held_back"], summary(settings)["channels"]) == (held_back, 5)
    assert publish(store, club, settings, as_of=NEXT, day=NEXT).held_back[0].startswith("club, club/kid, club/buck, ")
    forced = publish(store, club, settings, force=True)
    assert (forced.held_back, forced.channels, summary(settings)["held_back"]) == ((), 3, None)
    assert publish(store, club, settings).held_back == ()


def test_a_last_guide_that_says_nothing_of_today_any_more_stands_in_nobodys_way(store, club, settings, list_file):
    list_file.write_bytes(playlist(NAMES[2:]))
    within, past = DAY + timedelta(days=2), DAY + timedelta(days=3)
    assert refresh(store, club, settings, as_of=within).held_back
    assert not refresh(store, club, settings, as_of=past).held_back


def test_a_window_that_moves_or_narrows_and_an_allowance_that_is_greater_are_no_loss(store, club, settings, list_file):
    store.providers.change(club, settings={"days_before": 0, "days_after": 0, "most_lost": 0})
    assert publish(store, club, settings).held_back == ()
    assert publish(store, club, settings, day=NEXT, as_of=NEXT).held_back == ()
    store.providers.change(club, settings={"most_lost": 0.5})
    list_file.write_bytes(playlist(NAMES[2:]))
    assert refresh(store, club, settings).held_back == ()


def test_an_invalid_guide_is_held_back_even_if_forced_and_the_others_are_written(store, club, settings, monkeypatch):
    dressed = publishing.dress

    def spoilt(rows, tier, *rest, **more):
        shown = dressed(rows, tier, *rest, **more)
        return shown.with_columns(title=publishing.pl.lit(" ")) if tier == "kid" else shown

    monkeypatch.setattr(publishing, "dress", spoilt)
    before = standing(settings.dist)
    store.providers.change(club, settings={**club.stated, "testing": True})
    report = publish(store, club, settings, force=True)
    assert [reason.partition(":")[0] for reason in report.held_back] == ["club/kid"]
    assert summary(settings)["held_back"].startswith("club/kid: line ")
    changed = {name.rpartition("/")[0] for name, held in standing(settings.dist).items() if held != before[name]}
    assert changed == {f"club/{DAY}", "club", "club/buck", f"club/{LONDON}"}


def test_the_command_line_holds_back_says_why_and_publishes_when_forced(club, settings, list_file):
    where = {"EPG_DATABASE_URL": settings.database_url, "EPG_SECRET_KEY": KEY, "EPG_DIST": str(settings.dist)}
    list_file.write_bytes(playlist(NAMES[2:]))

    def run(*arguments):
        return epg(settings.home, *arguments, "--date", DAY, "--as-of", DAY, **where)

    held = run("refresh", "club")
    assert (held.code, "held back, the last one stays: club/" in held.err) == (1, True), held.output
    again = run("publish", "--provider", club.name)
    assert (again.code, "it lost" in again.err) == (1, True), again.output
    assert run("publish", "--provider", "club", "--force").code == 0
    assert run("publish", "--provider", "club").code == 0


def test_a_bad_template_is_refused_at_any_start_and_the_last_guides_stay(settings, tmp_path):
    before = standing(settings.dist)
    texts = tmp_path / "texts.yaml"
    texts.write_text('languages: {en: {titles: {post: "{titel} is over"}}}')
    where = {"EPG_DATABASE_URL": settings.database_url, "EPG_SECRET_KEY": KEY, "EPG_DIST": str(settings.dist)}
    for command in (["up"], ["publish"], ["refresh", "club"], ["onboard", "club"], ["demo"]):
        ran = epg(settings.home, *command, EPG_TEXTS=str(texts), **where)
        assert (ran.code, ran.out) == (1, "")
        assert f'{texts}: texts "languages": en.titles.post: {{titel}} is not a field of a template' in ran.err
        assert "Fix it there." in ran.err
    assert standing(settings.dist) == before


def test_a_publish_waits_for_another_of_the_same_provider(store, club, settings):
    writer = threading.Thread(target=publish, args=(store, club, settings))
    with store.lock(club, "guides"), psycopg.connect(settings.database_url, autocommit=True) as connection:
        (settings.dist / "club" / "guide.xml").unlink()
        writer.start()
        waiting = (
            "SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database "
            "WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()"
        )
        while writer.is_alive() and connection.execute(waiting).fetchone() == (0,):
            time.sleep(0.02)
        assert not (settings.dist / "club" / "guide.xml").exists()
    writer.join()
    assert (settings.dist / "club" / "guide.xml").exists()
