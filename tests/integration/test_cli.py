"""The commands as a user runs them: what they print, where, and how they end."""

from __future__ import annotations

import json
import subprocess
from datetime import date

import pytest
from commands import ROOT, command, environment, epg, every_text
from lxml import etree
from small_provider import DAY, NAMES, PASSWORD, USER, ZONE, Answer, events_file, playlist, site

KEY = "a key for tests, of no worth at all"


@pytest.fixture
def files(tmp_path):
    """A playlist and an events file."""
    (tmp_path / "list.m3u").write_bytes(playlist())
    return tmp_path / "list.m3u", events_file(tmp_path / "events.jsonl")


def onboarded(run, files):
    run("provider", "add", "Club", "--playlist", files[0], "--timezone", ZONE)
    return run("onboard", "Club", "--date", DAY, "--as-of", DAY, "--events", files[1])


def rows(ran):
    """The two-column table of a summary, as a mapping."""
    cells = (line.strip("│ ").split("│") for line in ran.out.splitlines() if line.startswith("│"))
    return {cell[0].strip(): cell[1].strip() for cell in cells if len(cell) == 2}


def test_help_teaches_by_example_and_asks_for_nothing(run):
    for arguments in (
        (),
        ("onboard",),
        ("publish",),
        ("match",),
        ("why",),
        ("up",),
        ("provider", "add"),
        ("events", "import"),
    ):
        ran = run(*arguments, "--help")
        assert ran.code == 0
        assert "Example" in ran.out or "First steps" in ran.out


def test_help_imports_neither_dagster_nor_polars_nor_the_database():
    heavy = "{'dagster', 'polars', 'psycopg', 'httpx', 'uvicorn', 'rich.table'}"
    code = f"import sys, epg_pipeline.cli.app; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([*command()[:1], "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_provider_is_added_onboarded_and_published(run, files, tmp_path):
    ran = onboarded(run, files)
    assert ran.code == 0, ran.output
    shown = rows(ran)
    assert (shown["Entries"], shown["Slots"], shown["Matched"], shown["Unparseable"]) == ("7", "5", "2", "1")
    guide = etree.parse(tmp_path / "home" / "dist" / "club" / "guide.xml")
    assert len(guide.findall("channel")) == 5
    assert "Fetching the playlist" in ran.err  # progress is printed without a terminal too


def test_a_second_run_writes_no_row(run, files):
    first, again = rows(onboarded(run, files)), rows(onboarded(run, files))
    assert again["Rows written"] == "0"
    assert again["Rows unchanged"] == first["Rows written"]


def test_publish_needs_no_playlist(run, files):
    onboarded(run, files)
    files[0].unlink()
    ran = run("publish", "--date", DAY, "--as-of", DAY)
    assert ran.code == 0, ran.output
    assert "Club" in ran.out


def test_publish_does_not_even_load_an_http_client(run, files, database, tmp_path):
    onboarded(run, files)
    code = (
        "import sys; from epg_pipeline.cli.app import app; sys.argv = ['epg', 'publish', '--date', sys.argv[1]]\n"
        "try: app()\n"
        "except SystemExit as end: print(end.code, sorted({'httpx', 'urllib3', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [*command()[:1], "-c", code, str(DAY)],
        env=environment(tmp_path / "home", EPG_DATABASE_URL=database, EPG_SECRET_KEY=KEY),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


def test_a_provider_that_can_not_be_published_stops_no_other(run, files):
    onboarded(run, files)
    run("provider", "add", "Empty", "--playlist", files[0])
    ran = run("publish", "--date", DAY, "--as-of", DAY)
    assert ran.code == 1
    assert "Empty is not published: Empty: no playlist was kept" in ran.err
    assert "Club" in ran.out


def test_providers_are_listed_and_paused(run, files):
    onboarded(run, files)
    assert run("provider", "pause", "club").code == 0
    listed = run("provider", "list")
    assert "paused" in listed.out
    assert "list.m3u" not in listed.out
    assert "No active provider" in run("publish").err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("onboard", "Nobody"), 1, 'No provider is called "Nobody"'),
        (("onboard", "Nobody", "--date", "18.10.2025"), 2, "write it as 2025-10-18"),
        (("provider", "add", "X", "--playlist", "/no/such/file"), 2, "is not a file"),
        (("provider", "add", "X", "--playlist", "http://h/l", "--timezone", "Mars/Base"), 2, "is not a time zone"),
        (("provider", "add", "X", "--playlist", "http://h/l", "--tier", "gold"), 2, "gold"),
        (("match", "/no/such/list.m3u", "--date", "2025-10-18"), 1, "does not exist"),
        (("events", "import", "/no/such/events"), 1, "does not exist"),
        (("match", "list.m3u"), 2, "--date"),
        (("no-such-command",), 2, "No such command"),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(run, arguments, code, words):
    ran = run(*arguments)
    assert ran.code == code
    assert words in " ".join(ran.err.split())
    assert "Traceback" not in ran.output


def test_debug_shows_where(run):
    ran = run("--debug", "onboard", "Nobody")
    assert ran.code == 1
    assert "Traceback" in ran.err


def test_a_database_that_does_not_answer_is_reported(tmp_path):
    url = f"postgresql://epg:{PASSWORD}@127.0.0.1:1/none"
    ran = epg(tmp_path / "home", "provider", "list", EPG_DATABASE_URL=url, EPG_SECRET_KEY=KEY)
    assert ran.code == 1
    assert "No connection to the database" in ran.err
    assert PASSWORD not in ran.output


def test_match_writes_an_object_for_every_entry_and_touches_nothing(tmp_path, files):
    out = tmp_path / "results.jsonl"
    ran = epg(
        tmp_path / "home", "match", files[0], "--date", DAY, "--events", files[1], "--timezone", ZONE, "--out", out
    )
    assert ran.code == 0, ran.output
    results = [json.loads(line) for line in out.read_text().splitlines()]
    assert [result["name"] for result in results] == list(NAMES)
    first = results[0]
    assert first["competitors"] == ["Miami Heat", "San Antonio Spurs"]
    assert first["starts_at"] == "2025-10-18T23:30:00Z"
    assert (first["event_id"], first["match_status"], first["is_slot"], first["kind"]) == (
        "nba-sas-mia",
        "matched",
        True,
        "event",
    )
    assert first["confidence"] > 0.5
    assert first["evidence"]["verdict"]
    assert results[2]["competitors"] == []
    assert results[2]["starts_at"] is None
    assert not results[-1]["is_slot"]
    assert rows(ran)["Matched"] == "2"
    assert not (tmp_path / "home").exists()


def test_match_on_stdout_gives_nothing_else_there(tmp_path, files):
    ran = epg(tmp_path / "home", "match", files[0], "--date", DAY, "--out", "-")
    assert [json.loads(line)["name"] for line in ran.out.splitlines()] == list(NAMES)
    assert "No events (--events FILE)" in ran.err


def test_why_explains_how_a_name_was_decided(tmp_path, files):
    output = epg(tmp_path / "home", "why", NAMES[0], "--date", DAY, "--events", files[1], "--timezone", ZONE).out
    for words in (
        "slot 'NBA 01'",
        "Miami Heat and San Antonio Spurs",
        "19:30",
        "is matched",
        "nba-sas-mia",
        "Because:",
    ):
        assert words in output
    output = epg(tmp_path / "home", "why", NAMES[3], "--date", DAY, "--events", files[1], "--timezone", ZONE).out
    assert "matched to no event" in output
    assert "nothing: the slot is idle" in epg(tmp_path / "home", "why", "NBA 03:", "--date", DAY).out
    assert "film" in epg(tmp_path / "home", "why", NAMES[5], "--date", DAY).out


def test_events_are_imported_and_faulty_lines_are_reported(run, files):
    files[1].write_text(files[1].read_text() + "not an event\n")
    ran = run("events", "import", files[1])
    assert ran.code == 0
    assert rows(ran)["Events"] == "2"
    assert "left out: line 3: not JSON" in ran.err


def test_the_account_is_nowhere_but_in_the_private_playlist(run, database, files, tmp_path):
    with site(Answer(body=playlist()), Answer(status=500)) as server:
        output = run("provider", "add", "Club", "--playlist", server.address, "--timezone", ZONE).output
        for extra in ((), ("--debug",)):
            ran = run(*extra, "onboard", "Club", "--date", DAY, "--as-of", DAY, "--events", files[1])
            assert ran.code == 0, ran.output
            output += ran.output
        output += run(
            "--debug", "onboard", "Club", "--date", date(2024, 1, 1)
        ).output  # fails: no older playlist is kept
        output += run("provider", "list").output
    assert "HTTP 500" in output
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and path.name != "playlist.m3u"]
    texts = [output, *every_text(database), *(path.read_bytes().decode("latin-1") for path in kept)]
    for secret in (PASSWORD, f"{USER}:", PASSWORD.encode().hex()):
        assert [text[:200] for text in texts if secret in text] == []


def killed_after(line, variables, lines):
    """Run a command and kill it once it has printed so many lines of progress: in the middle of the next step."""
    with subprocess.Popen(line, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        for _ in range(lines):
            process.stderr.readline()
        process.kill()


def test_a_killed_onboarding_is_made_good_by_the_next(home, files):
    onboard = ("onboard", "Club", "--date", DAY, "--as-of", DAY, "--events", files[1])

    def added(place):
        assert epg(place, "provider", "add", "Club", "--playlist", files[0], "--timezone", ZONE).code == 0

    def published(place):
        files = {path.name: path.read_bytes() for path in (place / "dist" / "club").iterdir() if path.is_file()}
        summary = json.loads(files["summary.json"])
        return {**files, "summary.json": {**summary, "published_at": ""}}

    added(home)
    for lines in (1, 4, 6):  # while fetching, matching, and publishing
        killed_after(command(*onboard), environment(home), lines)
    assert epg(home, *onboard).code == 0
    assert rows(epg(home, *onboard))["Rows written"] == "0"
    undisturbed = home / "undisturbed"
    added(undisturbed)
    try:
        assert epg(undisturbed, *onboard).code == 0
    finally:
        epg(undisturbed, "down")
    assert published(home) == published(undisturbed)


def test_the_demo_leaves_its_files_and_a_second_run_changes_none(run, tmp_path):
    out = tmp_path / "out"
    first = run("demo", "--out", out)
    assert first.code == 0, first.output
    files = {path.relative_to(out / "demo").as_posix(): path.read_bytes() for path in (out / "demo").rglob("*.*")}
    assert files["guide.xml"] == files["goat/guide.xml"] != files["buck/guide.xml"] != files["kid/guide.xml"]
    files_of_a_guide = {"guide.xml", "guide.xml.gz", "playlist.m3u", "index.html", "report.html", "summary.json"}
    of_an_edition = {"guide.xml", "guide.xml.gz", "index.html"}
    own = {name for name in files if "/" not in name}
    assert own == files_of_a_guide
    assert {f"{tier}/{name}" for tier in ("kid", "buck", "goat") for name in of_an_edition} < set(files)
    for what in ("Entries", "Slots", "Matched", "Partial", "Unmatched", "Unparseable", "Programmes", "Seconds"):
        assert what in rows(first)
    again = run("demo", "--out", out)
    assert rows(again)["Rows written"] == "0"
    assert files == {name: (out / "demo" / name).read_bytes() for name in files}
    assert "Demo" in run("provider", "list").out
