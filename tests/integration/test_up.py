"""`epg up`: everything runs, a browser finds it, and everything stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.request
import uuid
from datetime import timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from commands import ROOT, command, environment, epg, every_text
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from homes import new_home, remove_home
from running import CHROMIUM, QUIET, STARTS, Up, command_line, lives, of_partition, until
from small_provider import DAY, NAMES, PASSWORD, ZONE, Answer, events_file, playlist, site

from epg_pipeline.adapters import clock
from epg_pipeline.adapters.embedded_postgres.place import running_postmaster, server_place
from epg_pipeline.adapters.embedded_postgres.server import lease_server
from epg_pipeline.orchestration.launcher import WatchedRunLauncher

pytestmark = pytest.mark.xdist_group("up")  # one set of servers, not one for each worker


@pytest.fixture(scope="module")
def place():
    """A home with one onboarded provider, whose server stops in the end."""
    home = new_home("up")
    (home / "list.m3u").write_bytes(playlist())
    events_file(home / "events.jsonl")
    assert epg(home, "provider", "add", "Club", "--playlist", home / "list.m3u", "--timezone", ZONE).code == 0
    ran = epg(home, "onboard", "Club", "--date", DAY, "--as-of", DAY, "--events", home / "events.jsonl")
    assert ran.code == 0, ran.output
    yield home
    remove_home(home)


@pytest.fixture(scope="module")
def up(place):
    running = Up(place)
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def page(browser):
    opened = browser.new_page(viewport={"width": 1500, "height": 850})
    opened.set_default_timeout(STARTS * 1000)
    yield opened
    opened.close()


def test_the_guides_are_served(up):
    with urllib.request.urlopen(f"{up.guides}/guides/club/guide.xml", timeout=STARTS) as answer:  # noqa: S310 - the same
        assert answer.read() == (up.home / "dist" / "club" / "guide.xml").read_bytes()


def test_the_provider_on_record_becomes_a_partition(up):
    assert until(STARTS, up.partitions, "a partition of the provider") == ["club"]


def test_a_browser_sees_the_graph_and_makes_a_partition(up, page, tmp_path):
    test_the_provider_on_record_becomes_a_partition(up)
    groups = "%2C".join(f"global%40global%3A{group}" for group in ("playlists", "events", "guides", "overview"))
    page.goto(f"{up.dagster}/asset-groups?expanded={groups}", wait_until="domcontentloaded")
    for asset in (
        "raw_m3u",
        "filtered_channels",
        "canonical_events",
        "matched_programmes",
        "published_xmltv",
        "provider_overview",
    ):
        page.get_by_text(asset).first.wait_for()
    page.goto(f"{up.dagster}/locations/epg_pipeline/jobs/provider_day", wait_until="domcontentloaded")
    page.get_by_role("button", name="Materialize all").first.click()
    confirm, dates = page.get_by_role("button", name="Confirm"), page.get_by_placeholder("ex: 2025-01-01")
    confirm.or_(dates).first.wait_for()
    if confirm.count():  # no events were materialised: it warns, because it can't know that they are on record
        confirm.click()
    dates.fill(str(DAY))
    dates.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="All").nth(1).click()
    page.get_by_role("button", name="Launch 1 run").click()
    until(STARTS, lambda: "SUCCESS" in up.runs() or "FAILURE" in up.runs(), "the run")
    assert up.runs() == ["SUCCESS"]
    page.goto(f"{up.dagster}/runs", wait_until="domcontentloaded")
    page.get_by_text("Success").first.wait_for()
    page.goto(
        f"{up.dagster}/assets/matched_programmes?view=partitions&partition={DAY}%7Cclub", wait_until="domcontentloaded"
    )
    page.get_by_text("Materialized").first.wait_for()
    page.get_by_text("match_rate").first.wait_for()


@pytest.fixture(scope="module")
def others(up):
    """Two providers more, added while everything runs: one by a file, one at a server; the server."""
    with site(Answer(body=playlist())) as server:
        for name, address in (("Other", up.home / "list.m3u"), ("Served", server.address)):
            ran = epg(up.home, "provider", "add", name, "--playlist", address, "--timezone", ZONE)
            assert ran.code == 0, ran.output
        yield server


def test_a_changed_playlist_leads_to_a_new_guide_without_a_hand(up, others):
    guide = up.home / "dist" / "served" / "guide.xml"
    until(STARTS, guide.exists, "the first guide")
    others.answers[:] = [Answer(body=playlist((*NAMES, "NBA 09: Utah Jazz vs Miami Heat @ 09:00 PM ET")))]
    with lease_server(up.home) as lease, psycopg.connect(lease.address.conninfo()) as connection:
        connection.execute("UPDATE playlist_checks SET checked_at = checked_at - interval '31 minutes'")
    until(STARTS, lambda: "NBA 09" in guide.read_text(), "the guide of the changed playlist")


def test_a_browser_backfills_fourteen_days_of_three_providers(up, others, page):
    for name in ("Other", "Served"):
        assert epg(up.home, "refresh", name, "--date", DAY, "--as-of", DAY).code == 0
    current = {guide: guide.read_bytes() for guide in (up.home / "dist").glob("*/guide.xml")}
    assert {guide.parent.name for guide in current} >= {"other", "served"}
    page.goto(f"{up.dagster}/locations/epg_pipeline/asset-groups/guides/lineage", wait_until="domcontentloaded")
    page.get_by_role("button", name="Materialize all").first.click()
    confirm, dates = page.get_by_role("button", name="Confirm"), page.get_by_placeholder("ex: 2025-01-01")
    confirm.or_(dates).first.wait_for()
    if confirm.count():  # no events were materialised: it warns, because it can't know that they are on record
        confirm.click()
    dates.fill(f"[{DAY}...{DAY + timedelta(days=13)}]")
    dates.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="All").nth(1).click()
    page.get_by_text("42 partitions").wait_for()
    page.get_by_role("button", name="Launch backfill").click()
    query = "{ partitionBackfillsOrError { ... on PartitionBackfills { results { status numPartitions } } } }"

    def ended():
        backfills = up.ask(query)["partitionBackfillsOrError"]["results"]
        return [one for one in backfills if one["status"].startswith("COMPLETED")]

    assert until(STARTS * 2, ended, "the backfill") == [{"status": "COMPLETED_SUCCESS", "numPartitions": 42}]
    made = [
        up.home / "dist" / slug / str(DAY + timedelta(days=number)) / "guide.xml"
        for slug in ("club", "other", "served")
        for number in range(14)
    ]
    assert [path for path in made if not path.exists()] == []
    assert {guide: guide.read_bytes() for guide in current} == current  # players load what they did before


def test_a_browser_opens_the_guide(up, page):
    page.goto(f"{up.guides}/", wait_until="domcontentloaded")
    page.get_by_role("link", name="Club", exact=True).click()
    page.get_by_text("NBA 01").first.wait_for()
    assert page.url == f"{up.guides}/guides/club/"


def test_a_check_that_fails_is_seen_and_nothing_is_published(up, page):
    (up.home / "list.m3u").write_text("#EXTM3U\n#EXTINF:-1,USA | CNN HD\nhttp://tv.example/1.ts\n")
    today, before = str(clock.today(ZONE)), len(up.runs())
    up.launch("provider_day", of_partition("club", today))
    until(STARTS, lambda: len(up.runs()) > before and "FAILURE" in up.runs(), "the run")
    page.goto(
        f"{up.dagster}/assets/filtered_channels?view=checks&checkDetail=slot_count", wait_until="domcontentloaded"
    )
    page.get_by_text("the playlist has 0 event slots, the last one had 5").first.wait_for()
    page.get_by_text(f"{today}|club").first.wait_for()
    assert not (up.home / "dist" / "club" / today).exists()


def test_nothing_the_servers_wrote_carries_the_account(up):
    with lease_server(up.home) as lease:
        texts = [text for database in ("epg", "dagster") for text in every_text(lease.address.conninfo(database))]
    assert any("raw_m3u" in text for text in texts)  # Dagster's records are among them
    assert [text[:200] for text in texts if PASSWORD in text] == []
    for path in (up.home / "logs").iterdir():
        assert PASSWORD not in path.read_text(errors="replace")
    assert PASSWORD not in up.output


def test_status_and_doctor_know_what_runs_and_what_comes(up):
    def coming():
        found = json.loads(epg(up.home, "status", "--json").out)
        assert found["up"] == {"dagster": up.dagster, "guides": up.guides}
        assert isinstance(found["runs"], list)  # from Dagster's own tables
        return {one["what"]: one["at"] for one in found["coming"]}

    assert "T06:00:00" in until(STARTS, lambda: coming().get("daily_publish"), "the next tick of a schedule")
    report = epg(up.home, "doctor", "--offline").out
    assert f"Dagster answers at {up.dagster}" in report
    assert f"guide server answers at {up.guides}" in report


def test_a_second_one_for_the_same_home_is_refused(up):
    ran = epg(up.home, "up", "--port", 0, "--guide-port", 0)
    assert ran.code == 1
    assert "already runs" in ran.err


def test_a_run_whose_process_is_gone_is_known_as_such(up):
    _, socket = up.code_server()

    def health(socket=None):
        tags = {GRPC_INFO_TAG: json.dumps({"socket": socket})} if socket else {}
        run = dg.DagsterRun("a_job", run_id=str(uuid.uuid4()), tags=tags)
        return WatchedRunLauncher().check_run_worker_health(run).status

    assert health() == WorkerStatus.RUNNING  # it is about to be started
    assert health(socket) == WorkerStatus.FAILED  # the server answers, and has no such process
    assert health(f"{socket}.gone") == WorkerStatus.FAILED


def test_a_database_that_dies_is_started_again(up):
    def answers():
        try:
            return up.ask("{ runsOrError { __typename } }")["runsOrError"]["__typename"] == "Runs"
        except OSError:
            return False

    before = up.code_server()
    os.kill(running_postmaster(server_place(up.home)).pid, signal.SIGKILL)
    until(STARTS, lambda: "was restarted" in up.output, "the database")
    until(STARTS, answers, "Dagster's records")
    # It would wait for ever for the runs it lost sight of; between its end and its start there is none.
    until(STARTS, lambda: up.code_servers() not in ([], [before]), "another code server")
    assert up.process.poll() is None


def test_it_stops_with_all_it_started(up):
    children = up.children()
    assert len(children) >= 4
    assert up.stop(signal.SIGINT) == 0
    assert "Stopped." in up.output
    until(STARTS, lambda: not any(map(lives, children)), "the end of every child")
    assert running_postmaster(server_place(up.home)) is None


def test_a_child_that_dies_is_reported_and_stops_the_rest(place):
    running = Up(place)
    children = running.children()
    daemon = next(pid for pid in children if "dagster._daemon" in " ".join(command_line(pid)))
    os.kill(daemon, signal.SIGKILL)
    assert running.process.wait(STARTS) == 1
    assert "the Dagster daemon ended with exit code -9" in running.output
    until(STARTS, lambda: not any(map(lives, children)), "the end of every child")


def test_killed_itself_it_leaves_no_server(place):
    running = Up(place)
    servers = running.servers()
    assert len(servers) == 4
    running.process.kill()
    running.process.wait()
    until(STARTS, lambda: not any(map(lives, servers)), "the end of every server")


def test_a_port_that_is_taken_is_reported(place):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = epg(place, "up", "--port", taken.getsockname()[1])
    assert ran.code == 1
    assert "is taken" in ran.err


def test_plain_dagster_works_with_what_env_prints(place):
    exported = dict(line.removeprefix("export ").split("=", 1) for line in epg(place, "env").out.splitlines())
    try:
        variables = {name: value.strip("'") for name, value in exported.items()}
        assert Path(variables["DAGSTER_HOME"], "dagster.yaml").read_text() == (ROOT / "dagster.yaml").read_text()
        checked = subprocess.run(
            [Path(command()[0]).with_name("dg"), "check", "defs"],
            cwd=ROOT, env=environment(place, **variables), capture_output=True, text=True, timeout=STARTS, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "All definitions loaded successfully" in checked.stdout + checked.stderr
    finally:
        assert epg(place, "down").code == 0
