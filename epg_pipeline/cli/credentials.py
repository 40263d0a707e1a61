"""The addresses and passwords of providers.

Belongs here: the options for them, and prompts for secrets, which keep them out of the shell's history. Does not
belong: storing them (adapters/store/sealing.py).
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from epg_pipeline.adapters.web.xtream import XtreamAccount

PLAYLIST_VARIABLE, PASSWORD_VARIABLE = "EPG_PLAYLIST_URL", "EPG_XTREAM_PASSWORD"

Playlist = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help=f"Address or file of its M3U playlist, stored encrypted; - asks for it, or reads {PLAYLIST_VARIABLE}.",
    ),
]
Server = Annotated[
    str | None, typer.Option("--xtream", metavar="SERVER", help="An Xtream Codes account: http://host:8080")
]
User = Annotated[str | None, typer.Option("--user", metavar="USER", help="The user of the Xtream account.")]
Password = Annotated[
    bool, typer.Option("--password", help=f"Ask for a new password of the Xtream account, or read {PASSWORD_VARIABLE}.")
]


@dataclass(frozen=True)
class AddressOptions:
    """The address or account options of a command line."""

    playlist: str | None = None
    server: str | None = None
    user: str | None = None
    password: bool = False

    @property
    def is_account(self) -> bool:
        """Whether an option of an Xtream account is given."""
        return bool(self.server or self.user or self.password)

    @property
    def is_given(self) -> bool:
        """Whether any option is given."""
        return self.playlist is not None or self.is_account


def new_address(options: AddressOptions, stored: Callable[[], str] | None = None) -> str:
    """The address to store: of a playlist, a file, or an Xtream account; what is missing and secret is asked for.

    `stored` returns the present address, whose account keeps what is not changed. BadParameter says what is wrong
    without quoting a secret.
    """
    if options.is_account:
        if options.playlist is not None:
            raise typer.BadParameter("give the address of a playlist or an Xtream account, not both")
        return _account(options, stored).address
    if options.playlist in (None, "-"):
        piped = _piped() if options.playlist == "-" else ""
        return _checked(piped or _secret(PLAYLIST_VARIABLE, "Address of the playlist"))
    return _checked(options.playlist or "")


def shown_address(address: str) -> str:
    """An address as a person may see it: the file, or the host alone."""
    from epg_pipeline.adapters.web.xtream import MARK, is_xtream
    from epg_pipeline.errors import redact_url

    if is_xtream(address):
        return f"Xtream account at {redact_url(address).removeprefix(MARK)}"
    return f"playlist {redact_url(address)}"


def quoted(name: str) -> str:
    """A name as the shell takes it."""
    return shlex.quote(name)


def _account(options: AddressOptions, stored: Callable[[], str] | None) -> XtreamAccount:
    from epg_pipeline.adapters.web.xtream import account_of, is_xtream, xtream_account

    known = None
    if stored is not None and is_xtream(address := stored()):
        known = account_of(address)
    server, user = options.server or (known and known.server), options.user or (known and known.user)
    if not server or not user:
        missing = "--xtream http://HOST:PORT" if not server else "--user USER"
        raise typer.BadParameter(f"an Xtream account needs {missing} too")
    keeps_password = known is not None and not options.password and not options.user
    password = known.password if known and keeps_password else _secret(PASSWORD_VARIABLE, f"Password of {user}")
    try:
        return xtream_account(server, user, password)
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--xtream") from None


def _secret(variable: str, what: str) -> str:
    """A secret from the environment, else typed unseen, else the first line of what is piped in."""
    from epg_pipeline.settings import environment

    given = environment().get(variable, "").strip() or _piped()
    if not given and sys.stdin.isatty():
        given = typer.prompt(what, hide_input=True, err=True).strip()
    if not given:
        raise typer.BadParameter(f"{what}: missing; type it when asked, pipe it in, or set {variable}")
    return given


def _piped() -> str:
    return "" if sys.stdin.isatty() else sys.stdin.readline().strip()


def _checked(address: str) -> str:
    """The address; a file's path becomes absolute. BadParameter when that file does not exist."""
    from epg_pipeline.adapters.web.playlists import local_path

    path = local_path(address)
    if path is None:
        return address
    if not path.is_file():
        # Not quoted: an address whose http:// was forgotten looks like a path, and carries the password.
        raise typer.BadParameter(
            "this is not a file here; an address begins with http:// or https://", param_hint="--playlist"
        )
    return str(path.absolute())
