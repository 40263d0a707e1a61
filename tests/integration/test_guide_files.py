"""Guide files on a real disk: whole or not at all, open to whom they should be."""

from __future__ import annotations

import gzip
import os
import stat
import subprocess
import sys
import threading

import pytest
from lxml import etree

from epg_pipeline.adapters.delivery import guide_files
from epg_pipeline.adapters.delivery.guide_files import guide_folder, gzipped, write_files, write_guide
from epg_pipeline.errors import GuideHeldBackError

PAGE = {"index.html": b"page"}


def guide(title: str = "A vs B", programmes: int = 1) -> bytes:
    """A small guide that is without fault."""
    lines = [
        f'<programme start="202510080{hour}0000 +0000" stop="202510080{hour + 1}0000 +0000" channel="a.b">'
        f"<title>{title}</title></programme>"
        for hour in range(programmes)
    ]
    return f'<tv><channel id="a.b"><display-name>A</display-name></channel>{"".join(lines)}</tv>'.encode()


def modes(folder) -> dict[str, str]:
    return {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()}


def test_the_files_of_a_guide_are_for_all_but_the_playlist_is_for_its_owner(tmp_path):
    folder = guide_folder(tmp_path / "dist", "demo")
    old_mask = os.umask(0o077)
    try:
        write_guide(folder, guide(), {"playlist.m3u": b"#EXTM3U\n", "index.html": b"<!doctype html>"})
    finally:
        os.umask(old_mask)
    assert modes(folder) == {
        "guide.xml": "0o644",
        "guide.xml.gz": "0o644",
        "playlist.m3u": "0o600",
        "index.html": "0o644",
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert gzip.decompress((folder / "guide.xml.gz").read_bytes()) == (folder / "guide.xml").read_bytes() == guide()


def test_a_playlist_left_open_is_closed_even_when_it_did_not_change(tmp_path):
    write_files(tmp_path, {"playlist.m3u": b"#EXTM3U\n"})
    (tmp_path / "playlist.m3u").chmod(0o644)
    write_files(tmp_path, {"playlist.m3u": b"#EXTM3U\n"})
    assert modes(tmp_path) == {"playlist.m3u": "0o600"}


def test_unchanged_files_are_not_written_again(tmp_path):
    first = write_guide(tmp_path, guide(), PAGE)
    assert [file.changed for file in first] == [True, True, True]
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    again = write_guide(tmp_path, guide(), PAGE)
    assert [file.changed for file in again] == [False, False, False]
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert [file.sha256 for file in again] == [file.sha256 for file in first]
    changed = write_guide(tmp_path, guide("C vs D"), PAGE)
    assert [file.path.name for file in changed if file.changed] == ["guide.xml", "guide.xml.gz"]


def test_gzip_depends_on_the_bytes_alone(tmp_path):
    body = guide() * 1000
    first = gzipped(body)
    assert first[4:8] == bytes(4)  # the header's time of day
    assert gzipped(body) == first
    assert gzip.decompress(first) == body


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b"", "not well-formed"),
        (b"<tv/>", "no channel"),
        (guide(programmes=0), "no programmes"),
        (guide().replace(b"A vs B", b" "), "title"),
        (guide()[:-10], "not well-formed"),
    ],
)
def test_a_guide_with_faults_never_replaces_the_last_one(tmp_path, bad, says):
    write_guide(tmp_path, guide(), PAGE)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(GuideHeldBackError, match=says) as held:
        write_guide(tmp_path, bad, PAGE)
    assert held.value.faults
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_reader_never_sees_a_part_of_a_guide(tmp_path):
    write_guide(tmp_path, guide())
    seen, broken = set(), []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            body = (tmp_path / "guide.xml").read_bytes()
            try:
                seen.add(etree.fromstring(body).findtext("programme/title"))
            except etree.XMLSyntaxError:
                broken.append(len(body))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(2_000):
        write_guide(tmp_path, guide(f"Game {number} " + "x" * 200_000, programmes=1))
        if number > 60 and len(seen) > 1:
            break
    done.set()
    for reader in readers:
        reader.join()
    assert not broken
    assert len(seen) > 1


@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_the_last_guide_and_nothing_else(tmp_path, monkeypatch, at):
    write_guide(tmp_path, guide())

    def full(*_):
        raise OSError(28, "No space left on device")

    if at == "write":
        monkeypatch.setattr(guide_files.os, "fchmod", full)  # reached once the bytes are handed over
    else:
        monkeypatch.setattr(guide_files.os, at, full)
    with pytest.raises(OSError, match="No space left"):
        write_guide(tmp_path, guide("C vs D"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guide.xml", "guide.xml.gz"]
    assert (tmp_path / "guide.xml").read_bytes() == guide()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_on_a_disk_that_is_really_full_the_last_guide_stays(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        write_guide(disk, guide())
        with pytest.raises(OSError, match="No space left"):
            write_guide(disk, guide("x" * 2_000_000))
        assert sorted(path.name for path in disk.iterdir()) == ["guide.xml", "guide.xml.gz"]
        assert (disk / "guide.xml").read_bytes() == guide()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_writer_killed_half_way_leaves_the_last_guide_and_its_rest_is_swept_later(tmp_path):
    write_guide(tmp_path, guide())
    killed = (
        "import os, sys, pathlib\n"
        "from epg_pipeline.adapters.delivery import guide_files\n"
        "guide_files.os.fsync = lambda _: os._exit(9)\n"
        "guide_files.write_files(pathlib.Path(sys.argv[1]), {'guide.xml': b'<tv>' * 10000})\n"
    )
    assert subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False).returncode == 9
    (rest,) = tmp_path.glob(".*.part")
    assert (tmp_path / "guide.xml").read_bytes() == guide()
    write_guide(tmp_path, guide("C vs D"))
    assert rest.exists()  # it might be another writer's
    os.utime(rest, (rest.stat().st_mtime - 7200,) * 2)
    write_guide(tmp_path, guide("C vs D"))
    assert not rest.exists()
