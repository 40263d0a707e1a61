"""The addresses and passwords a person gives for a provider.

Belongs here: the options for them, and asking for what is secret so that it stays out of the shell's history. Does not:
storing it (adapters/store/sealing.py seals it).
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
class Asked:
    """What the command line says of an address or an account."""

    playlist: str | None = None
    server: str | None = None
    user: str | None = None
    password: bool = False

    @property
    def is_account(self) -> bool:
        """Whether anything of an Xtream account is given."""
        return bool(self.server or self.user or self.password)

    @property
    def is_given(self) -> bool:
        """Whether anything is given at all."""
        return self.playlist is not None or self.is_account


def new_address(asked: Asked, stored: Callable[[], str] | None = None) -> str:
    """The address to store: of a playlist, a file, or an Xtream account; what is missing and secret is asked for.

    `stored` gives the address at hand, whose account keeps what is not given anew. BadParameter says what is wrong
    without quoting a secret.
    """
    if asked.is_account:
        if asked.playlist is not None:
            raise typer.BadParameter("give the address of a playlist or an Xtream account, not both")
        return _account(asked, stored).address
    if asked.playlist in (None, "-"):
        piped = _piped() if asked.playlist == "-" else ""
        return _checked(piped or _secret(PLAYLIST_VARIABLE, "Address of the playlist"))
    return _checked(asked.playlist or "")


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


def _account(asked: Asked, stored: Callable[[], str] | None) -> XtreamAccount:
    from epg_pipeline.adapters.web.xtream import account_of, is_xtream, xtream_account

    known = None
    if stored is not None and is_xtream(address := stored()):
        known = account_of(address)
    server, user = asked.server or (known and known.server), asked.user or (known and known.user)
    if not server or not user:
        missing = "--xtream http://HOST:PORT" if not server else "--user USER"
        raise typer.BadParameter(f"an Xtream account needs {missing} too")
    keeps_password = known is not None and not asked.password and not asked.user
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
        raise typer.BadParameter(f"{what}: none was given; type it when asked, pipe it in, or set {variable}")
    return given


def _piped() -> str:
    return "" if sys.stdin.isatty() else sys.stdin.readline().strip()


def _checked(address: str) -> str:
    """The address, a file's made absolute; BadParameter where there is no such file."""
    from epg_pipeline.adapters.web.playlists import local_path

    path = local_path(address)
    if path is None:
        return address
    if not path.is_file():
        # Not quoted: an address whose http:// was forgotten looks like a path, and carries the password.
        raise typer.BadParameter(
            "what is given is no file here; an address begins with http:// or https://", param_hint="--playlist"
        )
    return str(path.absolute())
