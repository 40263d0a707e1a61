"""`epg up`, `serve`, `playlist-url`, `env`, `down`: the running parts.

Belongs here: their options and what is printed. Does not belong: starting processes
(operations/supervisor.py), serving (serve/).
"""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli.console import say
from epg_pipeline.cli.shared import opened
from epg_pipeline.errors import UpError

if TYPE_CHECKING:
    from pathlib import Path

    from epg_pipeline.adapters.store.store import Store
    from epg_pipeline.operations.supervisor import Addresses

app = typer.Typer()

GUIDE_PORT, DAGSTER_PORT = 8080, 3000
MAX_CLIENTS = 400  # at once; each may hold a connection and a file, and a process may usually open 1,024
Host = Annotated[str, typer.Option("--host", help="Interface of the guide server; 0.0.0.0 for players elsewhere.")]


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="Dagster's port; 3000, or a free one if that is taken.")] = None,
    guide_port: Annotated[
        int | None, typer.Option(help="The guides' port; 8080, or a free one if that is taken.")
    ] = None,
    host: Host = "127.0.0.1",
    dagster_host: Annotated[
        str, typer.Option(help="Interface of Dagster's web UI, which has no password.")
    ] = "127.0.0.1",
) -> None:
    """Start the database, Dagster's web UI and daemon, and the guide server; Ctrl-C stops all.

    \b
    Examples:
      epg up
      epg up --port 3100 --guide-port 8100 --host 0.0.0.0
    """
    from filelock import FileLock, Timeout

    from epg_pipeline.adapters.store.store import open_store
    from epg_pipeline.flows.facts import check_own_files
    from epg_pipeline.operations.dagster_environment import childs_environment, dagster_variables
    from epg_pipeline.operations.supervisor import LOCK, NOTED, run_up
    from epg_pipeline.settings import load_settings

    settings = load_settings()
    check_own_files()  # so that a faulty file is reported now, not by the first run that reads it
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.home / LOCK, timeout=0):
            (settings.home / NOTED).unlink(missing_ok=True)
            ports = (_port(port, DAGSTER_PORT), _port(guide_port, GUIDE_PORT))
            say("Starting the database, Dagster and the guide server …")
            with open_store(settings) as store:
                variables = dagster_variables(settings, store.dagster_database())
                guides = {"EPG_GUIDE_URL": f"http://127.0.0.1:{ports[1]}"}  # the environment takes precedence
                environment = {**guides, **childs_environment(variables)}
                places = ((dagster_host, ports[0]), (host, ports[1]))
                run_up(settings, environment, *places, partial(_ready, settings.home), partial(_revive, store))
    except Timeout:
        raise UpError(f"epg up already runs for {settings.home}", "Stop it first, or set another EPG_HOME.") from None
    say("Stopped.")


@app.command()
def serve(host: Host = "127.0.0.1", port: Annotated[int, typer.Option(help="Port to listen on.")] = GUIDE_PORT) -> None:
    """Serve the published guides over HTTP, nothing else. `epg up` includes this.

    \b
    Example:
      epg serve --host 0.0.0.0 --port 8080
    """
    import uvicorn

    from epg_pipeline.serve import guide_app, playlist_token
    from epg_pipeline.settings import load_settings

    settings = load_settings()
    bucket = ""
    if settings.storage and settings.storage.public_url:
        from epg_pipeline.flows.uploads import PREFIX

        bucket = f"{settings.storage.public_url}/{PREFIX}".rstrip("/")
    say(f"Guides at http://{host}:{port}/")
    uvicorn.run(
        guide_app(settings.dist, playlist_token(settings.home), bucket=bucket),
        host=host,
        port=port,
        access_log=False,  # addresses may hold the token
        log_level="warning",
        server_header=False,
        limit_concurrency=MAX_CLIENTS,
        timeout_graceful_shutdown=5,  # a player that reads slowly must not delay the end
    )


@app.command()
def playlist_url(
    name: Annotated[str, typer.Argument(help="The provider, by name or as in its address.")],
    server: Annotated[
        str | None,
        typer.Option(help="The guide server as players reach it; EPG_GUIDE_URL, or the one running here, by default."),
    ] = None,
) -> None:
    """Print the address of a provider's private playlist. It contains the token: use it only in your own players.

    \b
    Examples:
      epg playlist-url demo
      epg playlist-url "My TV" --server http://192.168.1.20:8080
    """
    from epg_pipeline.operations.supervisor import running_addresses
    from epg_pipeline.serve import playlist_address, playlist_token
    from epg_pipeline.serve.shelf import Shelf
    from epg_pipeline.settings import Settings, load_settings

    settings = load_settings()
    guides = [guide for guide in Shelf(settings.dist).guides() if guide.has_playlist]
    found = [guide for guide in guides if name.casefold() in (guide.slug, guide.name.casefold())]
    if not found:
        published = ", ".join(guide.name for guide in guides) or "none yet"
        raise typer.BadParameter(f'no playlist of "{name}" is published in {settings.dist}; there are: {published}')
    is_default = settings.guide_url == Settings.model_fields["guide_url"].default
    running = running_addresses(settings.home) if is_default else None
    reached_at = server or (running and running.guides) or settings.guide_url
    typer.echo(playlist_address(reached_at, found[0].slug, playlist_token(settings.home)))


@app.command()
def env() -> None:
    """Print the variables that plain `dagster dev` needs, as lines for a shell; starts the database if necessary.

    \b
    Example:
      eval "$(epg env)" && dagster dev
    """
    from epg_pipeline.operations.dagster_environment import dagster_variables

    with opened() as (store, settings):
        variables = dagster_variables(settings, store.dagster_database())
        store.keep_server_running()  # Dagster has only its address, and can't start it
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def down() -> None:
    """Stop the embedded database that `epg env` keeps running, once nothing uses it.

    \b
    Example:
      epg down
    """
    from epg_pipeline.adapters.embedded_postgres.server import stop_server
    from epg_pipeline.settings import load_settings

    stopped = stop_server(load_settings().home)
    say("The database is stopped." if stopped else "The database stops when its last user leaves.")


def _port(wanted: int | None, usual: int) -> int:
    from epg_pipeline.operations.supervisor import free_port

    port = free_port(usual if wanted is None else wanted)
    if wanted and port != wanted:
        raise UpError(f"port {wanted} is taken", "Choose another, or leave the option out for a free one.")
    return port


def _revive(store: Store) -> bool:
    """Restart the database if it died: Dagster and its runs have only its address and can't start it."""
    had_died = store.revive_server()
    if had_died:
        say("The database had died and was restarted.")
    return had_died


def _ready(home: Path, addresses: Addresses) -> None:
    from epg_pipeline.operations.supervisor import note_addresses

    note_addresses(home, addresses)
    say(f"Dagster  {addresses.dagster}")
    say(f"Guides   {addresses.guides}/guides/")
    say("Ctrl-C stops all.")
