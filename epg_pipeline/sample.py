"""The bundled sample: one past day of an invented provider, with the real games around it.

Belongs here: where its files are, and its provider on record. Does not: what is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from epg_pipeline.adapters.faults import UnknownProvider

if TYPE_CHECKING:
    from datetime import date

    from epg_pipeline.adapters.postgres import Provider, Store


@dataclass(frozen=True)
class Sample:
    """The sample's provider, its day, and its two files."""

    provider: str
    slug: str
    date: date
    timezone: str
    tier: str
    playlist: Path
    events: Path


def load_sample() -> Sample:
    """The sample as demo/demo.yaml tells of it; its files are those of the installed package."""
    folder = Path(str(resources.files("epg_pipeline"))) / "demo"
    facts = yaml.safe_load((folder / "demo.yaml").read_text("utf-8"))
    return Sample(**{**facts, "playlist": folder / facts["playlist"], "events": folder / facts["events"]})


def demo_provider(store: Store, sample: Sample) -> Provider:
    """The sample's provider on record: an ordinary one, its playlist the bundled file, added anew where that moved."""
    try:
        known = store.provider(sample.slug)
        if store.playlist_url(known) == str(sample.playlist) and known.status == "active":
            return known
        return store.change_provider(known, playlist_url=str(sample.playlist), status="active")
    except UnknownProvider:
        pass
    return store.add_provider(sample.provider, str(sample.playlist), sample.timezone, sample.tier, sample.slug)
