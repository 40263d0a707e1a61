"""`epg provider` as an operator uses it: what it changes, what it keeps, and what it never shows."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from commands import every_text
from small_provider import DAY, PASSWORD, USER, ZONE, Answer, events_file, playlist, site

from epg_pipeline.adapters.store.incidents import Failure

ADDRESS = f"http://tv.example/get.php?username={USER}&password={PASSWORD}"


@pytest.fixture
def club(run, tmp_path):
    """A provider "Club", and the folder of its guide to be."""
    (tmp_path / "list.m3u").write_bytes(playlist())
    run("provider", "add", "Club", "--playlist", tmp_path / "list.m3u", "--timezone", ZONE)
    return tmp_path / "home" / "dist" / "club"


@pytest.fixture
def published(run, club, tmp_path):
    """The same with a guide of one day."""
    events = events_file(tmp_path / "events.jsonl")
    assert run("onboard", "Club", "--date", DAY, "--as-of", DAY, "--events", events).code == 0
    return club


def line(ran, first):
    """The cells of the line of a table that begins so."""
    rows = [[cell.strip() for cell in text.strip("│ ").split("│")] for text in ran.out.splitlines() if "│" in text]
    return next(row[1:] for row in rows if row[0] == first)


def test_help_teaches_by_example_and_lists_the_settings_of_the_schema(run):
    for name in ("add", "list", "show", "edit", "set", "pause", "resume", "rename", "delete"):
        ran = run("provider", name, "--help")
        assert ran.code == 0
        assert "Example" in ran.out, name
    output = " ".join(run("provider", "set", "--help").out.split())
    assert "clock=zone|12|24 7:30 PM (12) or 19:30 (24); zone: as people there are used to (default: zone)" in output


def test_an_address_is_taken_from_the_environment_or_a_pipe_so_that_no_shell_remembers_it(run, monkeypatch):
    output = run("provider", "add", "One", EPG_PLAYLIST_URL=ADDRESS).output
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ADDRESS}\n"))
    output += run("provider", "add", "Two", "--playlist", "-", EPG_PLAYLIST_URL="http://other.example/").output
    assert "Added One (one): playlist http://tv.example/…." in output
    assert "Added Two (two): playlist http://tv.example/…." in output
    for name in ("one", "two"):
        output += (shown := run("provider", "show", name).output)
        assert "playlist http://tv.example/…" in shown
    forgotten = run("provider", "add", "Four", EPG_PLAYLIST_URL=ADDRESS.removeprefix("http://"))
    assert (forgotten.code, "begins with http://" in forgotten.output) == (2, True)
    output += forgotten.output
    assert PASSWORD not in output
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = run("provider", "add", "Three")
    assert (ran.code, "set EPG_PLAYLIST_URL" in " ".join(ran.err.split())) == (2, True)


def test_on_a_terminal_the_address_is_typed_unseen(run, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("typer.prompt", lambda what, **options: ADDRESS if options["hide_input"] else "")
    assert "playlist http://tv.example/…" in run("provider", "add", "One").output


def test_what_is_edited_changes_and_the_rest_stays(run, published):
    ran = run("provider", "edit", "club", "--timezone", "Europe/London", "--tier", "kid")
    assert "changed timezone, tier" in ran.err
    shown = run("provider", "show", "club")
    assert (line(shown, "Time zone"), line(shown, "Tier"), line(shown, "Slots")) == (["Europe/London"], ["kid"], ["5"])
    assert "list.m3u" in shown.out
    assert run("provider", "edit", "club").code == 2
    assert "BST" in line(shown, "Last published")[0] or "GMT" in line(shown, "Last published")[0]


def test_settings_are_set_and_put_back(run, club):
    assert run("provider", "set", "club").code == 2
    ran = run("provider", "set", "club", "days_after=9")
    assert (ran.code, "setting days_after=9: Input should be less than" in ran.err) == (1, True)
    assert "no language 'xx'; there are" in run("provider", "set", "club", "language=xx").err
    assert "No sport or league is called nbaa" in run("provider", "set", "club", "minutes=nbaa=170").err
    ran = run("provider", "set", "club", "editions=kid,goat@Europe/London", "minutes=nba=170,nfl=200", "testing=yes")
    assert ran.code == 0, ran.output
    assert "editions=kid,goat@Europe/London testing=yes minutes=nba=170,nfl=200" in ran.err
    shown = run("provider", "show", "club")
    assert line(shown, "minutes")[:2] == ["nba=170,nfl=200", "set"]
    assert line(shown, "days_after")[:2] == ["2", "default"]
    assert (
        "every setting is at its default"
        in run("provider", "set", "club", "--unset", "editions", "--unset", "minutes", "--unset", "testing").err
    )


def test_what_programmes_are_made_by_is_taken_in_by_the_next_publish(run, club):
    assert run("onboard", "Club").code == 0
    before = (club / "guide.xml").read_bytes()
    assert run("provider", "set", "club", "minutes=nba=300", "check_minutes=60").code == 0
    assert run("publish").code == 0
    assert (club / "guide.xml").read_bytes() != before


def test_an_incident_is_over_once_a_command_has_made_the_guide(run, store, published, tmp_path):
    def opened():
        return [incident.title for incident in store.incidents.open()]

    later = DAY + timedelta(days=1)
    store.incidents.note_failure(Failure("guide", "no room", "club", later))
    assert run("publish", "--provider", "Club", "--date", DAY, "--as-of", DAY).code == 0
    assert opened() == ["guide of club"]  # it is about another day
    assert run("publish", "--provider", "Club", "--date", later, "--as-of", DAY).code == 0
    assert opened() == []
    store.incidents.note_failure(Failure("guide", "no room", "club", DAY))
    assert run("refresh", "Club", "--date", DAY, "--as-of", DAY).code == 0
    assert opened() == []
    store.incidents.note_failure(Failure("events", "no answer"))
    assert run("events", "refresh").code == 0
    assert opened() == []


def test_a_renamed_provider_keeps_its_addresses_and_its_channel_ids(run, published):
    before = (published / "guide.xml").read_bytes()
    assert "slug stays club" in run("provider", "rename", "Club", "Nova").err
    assert run("publish", "--provider", "Nova", "--date", DAY, "--as-of", DAY).code == 0
    assert (published / "guide.xml").read_bytes() == before
    assert not published.with_name("nova").exists()


def test_a_paused_provider_is_left_out_until_it_is_resumed(run, club):
    assert "resume Club" in run("provider", "pause", "club").err
    assert "No active provider" in run("publish").err
    assert "is active" in run("provider", "resume", "club").err
    assert "Club is not published: Club: no playlist" in run("publish").err


def test_a_deleted_provider_keeps_its_record_and_comes_back_by_its_name(run, published, tmp_path, monkeypatch):
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    assert run("provider", "delete", "club").code == 1
    assert "Club" in run("provider", "list").out
    ran = run("provider", "delete", "club", "--yes")
    assert "stay on record" in ran.err
    assert str(published) in ran.err.replace("\n", "")
    assert (published / "guide.xml").exists()
    assert 'No provider is called "club"' in run("refresh", "club").err
    assert "Removed, their record kept: Club" in run("provider", "list").err
    back = run("provider", "add", "Club", "--playlist", tmp_path / "list.m3u", "--timezone", ZONE)
    assert "back with its history" in back.err
    assert run("publish", "--provider", "Club", "--date", DAY, "--as-of", DAY).code == 0


def test_an_xtream_accounts_password_is_asked_for_and_kept_sealed(run, database, tmp_path):
    with site(Answer(status=403), Answer(body=playlist())) as server:
        host = server.address.partition("@")[2].partition("/")[0]
        output = run("provider", "add", "X", "--xtream", host, "--user", USER, EPG_XTREAM_PASSWORD="old-s3cret").output
        assert f"Xtream account at http://{host}/…" in output
        output += run("provider", "edit", "X", "--password", EPG_XTREAM_PASSWORD=PASSWORD).output
        output += run("--debug", "onboard", "X").output
        output += run("onboard", "X").output
        output += run("provider", "show", "X").output
        requests = [path for path, _ in server.requests]
    assert requests[0].startswith(f"/get.php?username={USER}&password={PASSWORD}&type=m3u_plus")
    assert "player_api.php" in requests[1], "the panel's M3U was refused"
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and path.name != "playlist.m3u"]
    texts = [output, *every_text(database), *(path.read_bytes().decode("latin-1") for path in kept)]
    for secret in (PASSWORD, "old-s3cret", f"{USER}:", f"username={USER}", PASSWORD.encode().hex()):
        assert [text[:200] for text in texts if secret in text] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--xtream", "http://h:8080"), "needs --user USER too"),
        (("--user", "carol"), "needs --xtream http://HOST:PORT too"),
        (("--xtream", "ftp://h", "--user", "carol"), "http://HOST:PORT"),
        (("--xtream", f"http://carol:{PASSWORD}@h", "--user", "carol"), "http://HOST:PORT"),
        (("--xtream", "http://h", "--user", "carol", "--playlist", "http://h/l"), "not both"),
    ],
)
def test_a_wrong_account_is_reported_without_its_password(run, arguments, says):
    ran = run("provider", "add", "X", *arguments, EPG_XTREAM_PASSWORD=PASSWORD)
    assert ran.code == 2
    assert says in " ".join(ran.err.replace("│", " ").split())
    assert PASSWORD not in ran.output


def test_an_account_that_moved_keeps_user_and_password(run):
    run("provider", "add", "X", "--xtream", "http://old:8080", "--user", USER, EPG_XTREAM_PASSWORD=PASSWORD)
    assert run("provider", "edit", "X", "--xtream", "http://new:8080").code == 0
    assert "Xtream account at http://new:8080/…" in run("provider", "show", "X").out
