"""The bundled sample: one past day of an invented provider, with the real games around it.

Belongs here: where its files are, and its provider on record. Does not belong: the command (cli/guides.py).
"""

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import yaml

from epg_pipeline.adapters.store.providers import Provider
from epg_pipeline.adapters.store.store import Store
from epg_pipeline.config.provider_settings import ProviderSettings, provider_settings
from epg_pipeline.errors import UnknownProviderError


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
    stated: dict[str, object]

    @property
    def settings(self) -> ProviderSettings:
        """The provider's settings as the sample has them."""
        return provider_settings(self.stated, self.provider)


def load_sample() -> Sample:
    """The sample as demo/demo.yaml describes it; its files are those of the installed package."""
    folder = Path(str(resources.files("epg_pipeline"))) / "demo"
    facts = yaml.safe_load((folder / "demo.yaml").read_text("utf-8"))
    facts["stated"] = facts.pop("settings")
    return Sample(**{**facts, "playlist": folder / facts["playlist"], "events": folder / facts["events"]})


def demo_provider(store: Store, sample: Sample) -> Provider:
    """The sample's provider on record, with the bundled playlist wherever the package is installed now.

    Settings made since stay, but the demo is always published in all its editions.
    """
    try:
        provider = store.providers.find(sample.slug)
    except UnknownProviderError:
        provider = store.providers.add(sample.provider, str(sample.playlist), sample.timezone, sample.tier, sample.slug)
    is_up_to_date = (
        provider.status == "active"
        and sample.stated.items() <= provider.stated.items()
        and store.providers.playlist_url(provider) == str(sample.playlist)
    )
    if is_up_to_date:
        return provider
    settings = {**provider.stated, **sample.stated}
    return store.providers.change(provider, playlist_url=str(sample.playlist), status="active", settings=settings)
