"""Sealing: what carries a password is stored encrypted.

Belongs here: the key and the cipher. Does not: what is sealed and where it is kept. The cipher (AES-SIV) is
deterministic: the same address seals to the same bytes, so an unchanged row compares equal and is not rewritten.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from epg_pipeline.errors import StoreError

MIN_KEY_LENGTH = 32  # characters


class Seal:
    """Seals and opens bytes with one key.

    Each value is sealed for a purpose ("stream", "playlist", ...): moved to another purpose it does not open.
    """

    def __init__(self, key_text: str, origin: str = "EPG_SECRET_KEY") -> None:
        """Any text of at least 32 characters is a key; `origin` names its place in errors. StoreError if short."""
        if len(key_text.strip()) < MIN_KEY_LENGTH:
            raise StoreError(f"{origin}: the sealing key needs at least {MIN_KEY_LENGTH} characters.")
        derive = HKDF(algorithm=SHA512(), length=64, salt=None, info=b"epg-pipeline sealing")
        self._cipher = AESSIV(derive.derive(key_text.strip().encode()))
        self._origin = origin

    @classmethod
    def from_file(cls, path: Path) -> Seal:
        """The seal of the key in this file, which is made on first use, readable by its owner alone."""
        if not path.exists():
            _make_key(path)
        return cls(path.read_text(), str(path))

    def close(self, clear: str, purpose: str) -> bytes:
        """The sealed form of a text."""
        return self.close_bytes(clear.encode(), purpose)

    def open(self, sealed: bytes, purpose: str) -> str:
        """The text again. StoreError when it was sealed with another key, for another purpose, or was altered."""
        return self.open_bytes(sealed, purpose).decode()

    def close_bytes(self, clear: bytes, purpose: str) -> bytes:
        """The sealed form of some bytes, 16 longer than they are."""
        # The cipher takes no empty text; the mark in front also leaves room for another cipher one day.
        return self._cipher.encrypt(b"1" + clear, [purpose.encode()])

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        """The bytes again; errors as `open`."""
        try:
            return self._cipher.decrypt(sealed, [purpose.encode()])[1:]
        except (InvalidTag, ValueError):
            raise StoreError(
                f"A stored {purpose} does not open with the key of {self._origin}: it is damaged, or was sealed "
                "with another key. Restore the key that was used before."
            ) from None


def _make_key(path: Path) -> None:
    """Write a new key; of two processes at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())  # lost to a power cut, it would take every stored address with it
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
