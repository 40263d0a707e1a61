"""What can go wrong with the record, in words an operator can act on.

Belongs here: the errors the storage adapters raise. Does not: any handling of them. No message carries a password.
"""

from __future__ import annotations


class StoreError(RuntimeError):
    """The database, its server, the snapshots or the sealing key can't be used; the text says what to do."""


class UnknownProvider(StoreError):  # noqa: N818  the name says it all
    """No provider has that name or slug; the text lists those there are."""
