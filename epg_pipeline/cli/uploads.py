"""`epg upload`: what stands published, into the public bucket.

Belongs here: the command and its summary. Does not: what goes up and how (uploads.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from epg_pipeline.cli.console import Progressed, fail, say, table
from epg_pipeline.cli.installation import chosen_providers, opened

if TYPE_CHECKING:
    from epg_pipeline.flows.results import Uploaded


def tell_upload_faults(uploaded: Uploaded | None) -> None:
    """Say why files did not go up."""
    for fault in uploaded.faults if uploaded else ():
        fail(f"not uploaded, the next publish tries again: {fault}")


def upload(
    name: Annotated[
        str | None, typer.Option("--provider", metavar="NAME", help="Only this one; all active if left out.")
    ] = None,
) -> None:
    """Upload what stands published to the public bucket: for a new bucket, or after a long outage.

    Every publish uploads its own files by itself. Objects that are there already are left alone.

    \b
    Examples:
      epg upload
      epg upload --provider "My TV"
    """
    from epg_pipeline.errors import SettingsError
    from epg_pipeline.flows.results import Uploaded
    from epg_pipeline.flows.uploads import public_files, upload_published

    done: dict[str, Uploaded] = {}
    with opened() as (store, settings):
        if settings.storage is None:
            raise SettingsError(
                "no bucket is set",
                "Set R2_ACCOUNT_ID, R2_ACCESS_KEY, R2_SECRET_KEY and R2_BUCKET, or the S3_ variables.",
            )
        chosen = chosen_providers(store, [name] if name else [])
        with Progressed(len(chosen)) as progress:
            for provider in chosen:
                with progress.step(f"Uploading {provider.name}"):
                    files = public_files(settings.dist, provider.slug)
                    done[provider.name] = upload_published(store, provider, settings, files) or Uploaded()
    say(f"The bucket: {settings.storage.label}")
    rows = [(who, one.done, one.unchanged, one.withdrawn, len(one.failed)) for who, one in done.items()]
    table("Uploaded", ("Provider", "Uploaded", "Unchanged", "Withdrawn", "Failed"), rows)
    for one in done.values():
        tell_upload_faults(one)
    if any(one.failed for one in done.values()):
        raise typer.Exit(1)
