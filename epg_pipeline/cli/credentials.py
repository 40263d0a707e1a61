"""The addresses and passwords of providers.

Belongs here: the options for them, and prompts for secrets, which keep them out of the shell's history. Does not
belong: storing them (adapters/store/sealing.py).
"""

import sys
from typing import Annotated

import typer

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


def new_address(
    playlist: str | None, server: str | None, user: str | None, stored: str = "", *, new_password: bool = False
) -> str:
    """The address to store: of a playlist, a file, or an Xtream account; what is missing and secret is asked for.

    `stored` is the present address: its account keeps what is not changed. BadParameter says what is wrong without
    quoting a secret.
    """
    if server or user or new_password:
        if playlist is not None:
            raise typer.BadParameter("give the address of a playlist or an Xtream account, not both")
        return _account_address(server, user, stored, new_password=new_password)
    if playlist in (None, "-"):
        piped = _piped() if playlist == "-" else ""
        return _checked(piped or _secret(PLAYLIST_VARIABLE, "Address of the playlist"))
    return _checked(playlist or "")


def shown_address(address: str) -> str:
    """An address as a person may see it: the file, or the host alone."""
    from epg_pipeline.adapters.web.xtream import MARK, is_xtream
    from epg_pipeline.errors import redact_url

    if is_xtream(address):
        return f"Xtream account at {redact_url(address).removeprefix(MARK)}"
    return f"playlist {redact_url(address)}"


def _account_address(server: str | None, user: str | None, stored: str, *, new_password: bool) -> str:
    from epg_pipeline.adapters.web.xtream import account_of, is_xtream, xtream_account

    password = ""
    if is_xtream(stored):
        account = account_of(stored)
        password = account.password if not user and not new_password else ""
        server, user = server or account.server, user or account.user
    if not server or not user:
        missing = "--xtream http://HOST:PORT" if not server else "--user USER"
        raise typer.BadParameter(f"an Xtream account needs {missing} too")
    try:
        return xtream_account(server, user, password or _secret(PASSWORD_VARIABLE, f"Password of {user}")).address
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--xtream") from None


def _secret(variable: str, name: str) -> str:
    """A secret from the environment, else typed unseen, else the first line of what is piped in."""
    from epg_pipeline.settings import environment

    secret = environment().get(variable, "").strip() or _piped()
    if not secret and sys.stdin.isatty():
        secret = str(typer.prompt(name, hide_input=True, err=True)).strip()
    if not secret:
        raise typer.BadParameter(f"{name}: missing; type it when asked, pipe it in, or set {variable}")
    return secret


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
