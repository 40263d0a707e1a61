"""What carries a password is unreadable in the record, and readable again with the key alone."""

from __future__ import annotations

import stat

import pytest

from epg_pipeline.adapters.store.sealing import Seal
from epg_pipeline.errors import StoreError

KEY = "0123456789abcdef0123456789abcdef"
ADDRESS = "http://tv.example/live/carol/hunter2/1.ts"


def test_a_sealed_address_shows_nothing_of_it_and_opens_again():
    sealed = Seal(KEY).close(ADDRESS, "stream")
    assert b"hunter2" not in sealed
    assert b"tv.example" not in sealed
    assert Seal(KEY).open(sealed, "stream") == ADDRESS


def test_an_empty_text_can_be_sealed():
    assert Seal(KEY).open(Seal(KEY).close("", "stream"), "stream") == ""


def test_the_same_text_seals_to_the_same_bytes_so_that_an_unchanged_row_compares_equal():
    assert Seal(KEY).close(ADDRESS, "stream") == Seal(KEY).close(ADDRESS, "stream")
    assert Seal(KEY).close(ADDRESS, "stream") != Seal(KEY).close(ADDRESS, "playlist")
    assert Seal(KEY).close(ADDRESS, "stream") != Seal(KEY).close(ADDRESS + "?", "stream")


def _altered(sealed: bytes) -> bytes:
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [
        ("another key, just as long as the first", "stream", bytes),
        (KEY, "playlist", bytes),
        (KEY, "stream", _altered),
        (KEY, "stream", lambda sealed: sealed[:5]),
        (KEY, "stream", lambda sealed: b""),
    ],
    ids=["other key", "other purpose", "altered", "cut short", "empty"],
)
def test_what_does_not_open_is_an_error_that_says_which_key_was_tried(key, purpose, change):
    sealed = change(Seal(KEY).close(ADDRESS, "stream"))
    with pytest.raises(StoreError, match=r"key of EPG_SECRET_KEY.*Restore the key"):
        Seal(key).open(sealed, purpose)


def test_a_key_too_short_to_protect_anything_is_refused():
    with pytest.raises(StoreError, match="EPG_SECRET_KEY: the sealing key needs at least 32 characters"):
        Seal("secret")


def test_the_key_file_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "home" / "secret.key"
    sealed = Seal.from_file(path).close(ADDRESS, "stream")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]
    assert Seal.from_file(path).open(sealed, "stream") == ADDRESS


def test_an_emptied_key_file_is_not_replaced_by_a_new_key_that_opens_nothing(tmp_path):
    path = tmp_path / "secret.key"
    path.write_text("")
    with pytest.raises(StoreError, match=r"secret\.key: the sealing key needs"):
        Seal.from_file(path)
