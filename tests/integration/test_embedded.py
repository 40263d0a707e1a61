"""The embedded server: one for all who ask, healed after a crash, never anyone else's."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from epg_pipeline.adapters.embedded_postgres import binaries
from epg_pipeline.adapters.embedded_postgres.place import is_alive, running_postmaster, server_place
from epg_pipeline.adapters.embedded_postgres.server import lease_server, stop_server
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.errors import StoreError
from epg_pipeline.settings import Settings

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}

# A separate process that holds a lease until it reads a line, or is killed.
USER = """
import sys
from pathlib import Path
from epg_pipeline.adapters.embedded_postgres.server import lease_server
with lease_server(Path(sys.argv[1])) as lease:
    print(lease.address.port, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def _user(home, *wrapper: str):
    command = [*wrapper, sys.executable, "-c", USER, str(home)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd="/", env=ENVIRONMENT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _port(process) -> int:
    return int(process.stdout.readline())


def _as_user(home, *wrapper: str) -> subprocess.CompletedProcess[str]:
    """A user that leaves at once, run to its end."""
    with _user(home, *wrapper) as process:
        out, errors = process.communicate("\n")
    return subprocess.CompletedProcess([], process.returncode, out, errors)


def _postmaster(home):
    return running_postmaster(server_place(home))


def _becomes(is_so) -> bool:
    deadline = time.monotonic() + 300
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _note(lease, text: str) -> None:
    with psycopg.connect(lease.address.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (note text)")
        connection.execute("INSERT INTO notes VALUES (%s)", (text,))


def _notes(lease) -> list[str]:
    with psycopg.connect(lease.address.conninfo()) as connection:
        return [note for (note,) in connection.execute("SELECT note FROM notes ORDER BY note").fetchall()]


def test_the_server_runs_while_somebody_uses_it_and_keeps_what_was_stored(home):
    first, second = lease_server(home), lease_server(home)
    assert first.address == second.address
    _note(first, "kept")
    first.release()
    first.release()  # twice is once
    assert _postmaster(home) is not None
    second.release()
    assert _postmaster(home) is None
    assert not server_place(home).postmaster_pid.exists()  # stopped in order
    with lease_server(home) as again:
        assert _notes(again) == ["kept"]
        assert again.address == first.address  # the same port, so that an exported address stays good


def test_processes_that_ask_at_once_get_one_server(home):
    with _user(home) as one, _user(home) as other, _user(home) as third:
        ports = {_port(one), _port(other), _port(third)}
        assert ports == {_postmaster(home).port}
        for process in (one, other, third):
            process.communicate("\n")
    assert _postmaster(home) is None


STORE_USER = """
import sys
from pathlib import Path
from epg_pipeline.adapters.store.store import open_store
from epg_pipeline.settings import Settings
home = Path(sys.argv[1])
with open_store(Settings(home=home, dist=home)) as store:
    store.providers.add(sys.argv[2], "http://tv.example/" + sys.argv[2], "UTC", "kid")
"""


def test_processes_that_begin_at_once_agree_on_server_tables_and_key(home):
    names = ["one", "three", "two"]
    processes = [
        subprocess.Popen([sys.executable, "-c", STORE_USER, str(home), name], cwd="/", env=ENVIRONMENT)
        for name in names
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with open_store(Settings(home=home, dist=home)) as store:
        assert [provider.name for provider in store.providers.all()] == names
        assert {store.providers.playlist_url(provider) for provider in store.providers.all()} == {
            f"http://tv.example/{name}" for name in names
        }
    assert _postmaster(home) is None


def test_a_home_that_can_not_be_made_is_reported_by_name(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/home can't be made .*EPG_HOME"):
        open_store(Settings(home=tmp_path / "file" / "home", dist=tmp_path))


def test_a_user_that_is_killed_holds_nothing_up(home):
    with _user(home) as victim:
        _port(victim)
        victim.kill()
        victim.wait()
    assert _postmaster(home) is not None  # nobody was left to stop it
    lease_server(home).release()
    assert _postmaster(home) is None


def test_a_server_that_is_killed_starts_again_with_all_that_was_committed(home):
    with lease_server(home) as lease:
        _note(lease, "committed")
        server = _postmaster(home)
        os.kill(server.pid, signal.SIGKILL)
        assert _becomes(lambda: not is_alive(server.pid))
        assert server_place(home).postmaster_pid.exists()
        with lease_server(home) as healed:
            assert _notes(healed) == ["committed"]


def test_one_who_holds_a_lease_starts_a_killed_server_again_where_it_was(home):
    with lease_server(home) as lease:
        _note(lease, "committed")
        assert not lease.revive()
        os.kill(_postmaster(home).pid, signal.SIGKILL)
        assert _becomes(lambda: running_postmaster(server_place(home)) is None)
        assert lease.revive()
        assert _notes(lease) == ["committed"]  # by the address given out before


def test_a_backend_that_outlives_its_killed_server_delays_the_next_one_but_harms_nothing(home):
    with lease_server(home) as lease:
        _note(lease, "before")
        with psycopg.connect(lease.address.conninfo(), autocommit=True) as busy:
            backend = busy.info.backend_pid
            os.kill(backend, signal.SIGSTOP)  # it can't notice that its server dies
            try:
                os.kill(_postmaster(home).pid, signal.SIGKILL)
                with _user(home) as waiting:
                    time.sleep(0.5)
                    os.kill(backend, signal.SIGCONT)
                    assert _port(waiting) == _postmaster(home).port
                    waiting.communicate("\n")
            finally:
                os.kill(backend, signal.SIGCONT) if is_alive(backend) else None


def test_a_kill_while_the_data_are_made_leaves_nothing_half_made(home):
    place = server_place(home)
    with _user(home) as victim:
        assert _becomes(lambda: any(place.base.glob("making-*/data/PG_VERSION")))
        victim.kill()
        victim.wait()
    assert not place.data.exists()
    with lease_server(home) as lease:
        _note(lease, "works")
        assert _notes(lease) == ["works"]
    lease_server(home).release()
    assert not list(place.base.glob("making-*"))


def test_a_kill_before_the_databases_are_there_is_fixed_by_the_next_user(home):
    with lease_server(home) as lease:
        with psycopg.connect(lease.address.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE dagster")
        with lease_server(home) as repaired, psycopg.connect(repaired.address.conninfo("dagster")) as connection:
            assert connection.execute("SHOW synchronous_commit").fetchone() == ("off",)


def test_a_strangers_process_with_the_old_number_is_neither_taken_for_the_server_nor_touched(home):
    with lease_server(home) as lease:
        _note(lease, "kept")
        server = _postmaster(home)
        lines = server_place(home).postmaster_pid.read_text().splitlines()
        os.kill(server.pid, signal.SIGKILL)
        assert _becomes(lambda: not is_alive(server.pid))
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            server_place(home).postmaster_pid.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
            assert _postmaster(home) is None
            assert stop_server(home)
            with lease_server(home) as healed:
                assert _notes(healed) == ["kept"]
                assert _postmaster(home).pid != stranger.pid
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.parametrize("content", ["", "not a number\n", "\n"])
def test_a_lock_file_that_was_cut_short_is_no_obstacle(home, content):
    lease_server(home).release()
    server_place(home).postmaster_pid.write_text(content)
    with lease_server(home) as lease:
        assert _postmaster(home).port == lease.address.port


def test_a_taken_port_is_not_fought_over(home):
    with lease_server(home) as lease:
        port = lease.address.port
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with lease_server(home) as elsewhere:
            assert elsewhere.address.port != port


def test_two_homes_have_nothing_to_do_with_each_other(home, tmp_path_factory):
    other = home.with_name(home.name + "-other")
    other.mkdir(mode=0o755)
    try:
        with lease_server(home) as mine, lease_server(other) as theirs:
            assert mine.address.port != theirs.address.port
            assert mine.address.password != theirs.address.password
    finally:
        stop_server(other)
        shutil.rmtree(server_place(other).base)
        shutil.rmtree(other, ignore_errors=True)


def test_nobody_gets_in_without_the_password_or_over_the_network(home):
    with lease_server(home) as lease:
        wrong = lease.address.conninfo().replace(lease.address.password, "guessed")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        assert lease.address.password not in repr(lease.address)
        with psycopg.connect(lease.address.conninfo()) as connection:
            settings = {
                name: connection.execute("SELECT current_setting(%s)", (name,)).fetchone()[0]
                for name in ("listen_addresses", "unix_socket_directories", "fsync", "synchronous_commit")
            }
    assert settings == {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "on",
        "synchronous_commit": "on",
    }


def test_data_and_password_are_closed_to_other_users(home):
    with lease_server(home):
        place = server_place(home)
        assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.password.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.base.stat().st_mode) & 0o066 == 0


def test_the_server_never_runs_as_root(home):
    with lease_server(home):
        owner = Path(f"/proc/{_postmaster(home).pid}").stat().st_uid
    assert owner == server_place(home).data.stat().st_uid != 0


def test_a_server_kept_running_stays_until_it_is_stopped(home):
    with lease_server(home) as lease:
        lease.keep_running()
    assert _postmaster(home) is not None
    with lease_server(home):
        assert not stop_server(home)  # somebody uses it: it goes when they leave
    assert _postmaster(home) is None


def test_the_programs_of_another_major_version_are_refused_with_what_to_do(home):
    lease_server(home).release()
    place = server_place(home)
    (place.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(StoreError, match=r"were written by PostgreSQL 12.*EPG_PG_BIN"):
        lease_server(home)


def test_a_server_that_can_not_start_says_what_its_log_says(home):
    lease_server(home).release()
    place = server_place(home)
    (place.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StoreError, match=r"does not start.*\n.*no_such_setting"):
        lease_server(home)
    (place.data / "postgresql.conf").write_text("")
    lease_server(home).release()


def test_a_lost_password_is_an_error_that_names_the_file(home):
    lease_server(home).release()
    server_place(home).password.unlink()
    with pytest.raises(StoreError, match=r"password is missing.*backup"):
        lease_server(home)


def test_a_home_that_was_moved_takes_its_database_along(home):
    with lease_server(home) as lease:
        _note(lease, "moved")
    moved = home.with_name(home.name + "-moved")
    home.rename(moved)
    try:
        with lease_server(moved) as lease:
            assert _notes(lease) == ["moved"]
    finally:
        stop_server(moved)
        moved.rename(home)


def test_variables_meant_for_another_server_do_not_lead_astray(home, monkeypatch):
    for name, value in {"PGHOST": "db.example", "PGPORT": "1", "PGDATA": "/nowhere", "PGSSLMODE": "require"}.items():
        monkeypatch.setenv(name, value)
    with lease_server(home) as lease:
        _note(lease, "here")
        assert _notes(lease) == ["here"]


NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture
def nobody() -> tuple[str, ...]:
    """What to put before a command to run it as the user nobody."""
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv (util-linux) is not installed")
    imports = [*NOBODY, sys.executable, "-c", "import psycopg, epg_pipeline"]
    if subprocess.run(imports, cwd="/", env=ENVIRONMENT, capture_output=True, check=False).returncode:
        pytest.skip("the interpreter, or the package, lies where the user nobody can't reach it")
    return NOBODY


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@pytest.fixture
def shared_place(home, monkeypatch):
    """A folder in the stead of /var/lib/epg-pipeline."""
    place = home.with_name(home.name + "-shared")
    place.mkdir(mode=0o755)
    monkeypatch.setattr(binaries, "SHARED_PLACE", place)
    yield place
    if (home / "postgres" / "place").exists():
        stop_server(home)
        shutil.rmtree(home / "postgres")
    shutil.rmtree(place)


@as_root
def test_a_home_that_the_servers_account_can_not_enter_keeps_its_data_outside(home, shared_place):
    home.chmod(0o700)
    with lease_server(home) as lease:
        place = server_place(home)
        assert place.base.parent == shared_place
        _note(lease, "outside")
    with lease_server(home) as lease:
        assert _notes(lease) == ["outside"]
    shutil.rmtree(place.base)
    with pytest.raises(StoreError, match=r"is gone\. Restore that folder"):
        lease_server(home)
    (home / "postgres" / "place").unlink()


@as_root
def test_a_strict_umask_does_not_lock_the_servers_account_out(home, shared_place):
    before = os.umask(0o077)
    try:
        home.chmod(0o700)
        shared_place.chmod(0o700)
        with lease_server(home) as lease:
            _note(lease, "strict")
            assert _notes(lease) == ["strict"]
    finally:
        os.umask(before)


@as_root
def test_a_new_home_at_an_old_path_does_not_meet_the_old_data(home, shared_place):
    home.chmod(0o700)
    with lease_server(home) as lease:
        _note(lease, "old")
    shutil.rmtree(home)
    home.mkdir(mode=0o700)
    with lease_server(home) as lease, psycopg.connect(lease.address.conninfo()) as connection:
        assert connection.execute("SELECT to_regclass('notes')").fetchone() == (None,)


@as_root
def test_an_ordinary_user_runs_the_server_and_root_may_use_it_too(home, nobody):
    os.chown(home, 65534, 65534)
    with _user(home, *nobody) as user:
        port = _port(user)
        assert server_place(home).base.parent == home
        assert server_place(home).data.stat().st_uid == 65534
        with lease_server(home) as lease:
            assert lease.address.port == port
        user.communicate("\n")
    with lease_server(home) as lease:
        _note(lease, "by root")
        assert Path(f"/proc/{_postmaster(home).pid}").stat().st_uid == 65534


@as_root
def test_a_home_of_another_user_is_refused_with_whose_it_is(home, nobody):
    lease_server(home).release()
    result = _as_user(home, *nobody)
    assert result.returncode == 1
    assert "this home was made by another user" in result.stderr


@as_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv (util-linux) takes rights away")
def test_root_that_may_not_become_another_user_is_shown_what_to_do(home):
    result = _as_user(home, "setpriv", "--bounding-set=-setuid,-setgid")
    assert result.returncode == 1
    assert "here root may not become user" in result.stderr
    assert "Run as an ordinary user, or set EPG_DATABASE_URL" in result.stderr


@as_root
def test_programs_that_the_servers_account_can_not_reach_are_copied_once(home, tmp_path, monkeypatch):
    account = binaries.server_account()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = binaries._package_root("embedded_postgres")
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.is_dir():
            shutil.copytree(folder, closed / folder.name, symlinks=True)
    monkeypatch.setattr(binaries, "_package_root", lambda name: closed / "embedded_postgres")
    shared = home / "shared"
    monkeypatch.setattr(binaries, "SHARED_PLACE", shared)
    programs = binaries.server_programs(account)
    assert programs.is_relative_to(shared)
    made = (programs / "postgres").stat().st_mtime_ns
    assert binaries.server_programs(account) == programs
    assert (programs / "postgres").stat().st_mtime_ns == made
    assert [folder.name for folder in shared.iterdir() if folder.name.startswith("copying-")] == []
    with lease_server(home) as lease:
        _note(lease, "from the copy")
        assert str(programs) in Path(f"/proc/{_postmaster(home).pid}/cmdline").read_text()


def test_a_named_folder_without_programs_is_refused(home, tmp_path):
    with pytest.raises(StoreError, match=r"EPG_PG_BIN: .* holds no postgres and initdb"):
        lease_server(home, tmp_path)


DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.mark.skipif(not DEBIAN, reason="the distribution's PostgreSQL is not installed")
def test_the_distributions_programs_do_as_well(home):
    with lease_server(home, DEBIAN[-1]) as lease, psycopg.connect(lease.address.conninfo()) as connection:
        assert connection.info.server_version // 10000 == int(DEBIAN[-1].parent.name)


FORGETFUL = """
import sys
from pathlib import Path
from epg_pipeline.adapters.embedded_postgres.server import lease_server
for _ in range(2):
    lease_server(Path(sys.argv[1]))
"""


def test_a_user_that_forgets_to_leave_does_so_when_it_ends(home):
    command = [sys.executable, "-c", FORGETFUL, str(home)]
    assert subprocess.run(command, cwd="/", env=ENVIRONMENT, check=False).returncode == 0
    assert _postmaster(home) is None
